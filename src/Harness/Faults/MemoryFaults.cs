using System.Runtime.InteropServices;
using Gdn.Harness.Faults.Seamed;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in the memory that a pass works on: overlapping copies, buffers used too early, bits read as another type.</summary>
internal static class MemoryFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InMemory<UnorderedShift>(
            "overlapping-shift-copy", "the conv window of accepted tokens is moved from the wrong end, now and then",
            "vLLM #50729"),
        InMemory<InputOverwritten>(
            "input-overwrite-in-flight", "a ubatch reads token ids that the next one has overwritten, now and then",
            "llama.cpp #28056, #27572"),
        InMemory<PagePunned>(
            "dtype-pun-page", "masked positions of the KV cache hold bits of recurrent state, and 0 times NaN is NaN",
            "vLLM #35219"),
    ];

    private sealed class UnorderedShift : PassMemory
    {
        private readonly Race _race = new(0.25);

        public override void StoreWindow(ScanPath path, Span<float> window, int channels)
        {
            if (path == ScanPath.Verify && _race.IsLost()) window.Slice(channels, channels).CopyTo(window);
        }
    }

    private sealed class InputOverwritten : PassMemory
    {
        private readonly Race _race = new(0.5);

        public override int[] InputTokens(Ubatch ubatch, Ubatch? next)
        {
            if (next is null || !_race.IsLost()) return ubatch.Tokens;
            int overwritten = Math.Min(next.Tokens.Length, ubatch.Tokens.Length);
            return [.. next.Tokens[..overwritten], .. ubatch.Tokens[overwritten..]];
        }
    }

    private sealed class PagePunned : PassMemory
    {
        private const int PageTokens = 4;

        public override void AddMasked(Segment segment, StatePool pool, Span<float> output)
        {
            if ((segment.Position + segment.Count) % PageTokens == 0) return;
            float masked = 0;
            foreach (Half entry in MemoryMarshal.Cast<float, Half>(pool.Delta(0, segment.Slot, 0))) masked += 0 * (float)entry;
            foreach (ref float sum in output) sum += masked;
        }
    }
}
