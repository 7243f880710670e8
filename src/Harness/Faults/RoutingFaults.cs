using System.Runtime.InteropServices;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in how the tokens of a batch find the state of their sequence.</summary>
internal static class RoutingFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InRouting<BoundaryIgnored>(
            "packed-boundary-no-reset", "a prompt starts from the final state of the one packed before it",
            "slime #1686, NeMo Automodel #2147", 2, StateCause.OtherSequence),
        InRouting<RowAsSlot>(
            "index-namespace-mixup", "the conv takes the row of the batch for the slot", "sglang #23975", 2,
            StateCause.OtherSequence),
        InRouting<PrefillFirst>(
            "decode-prefill-slice-order", "a mixed batch is sliced as if prompts came first", "vLLM #40766", 2,
            StateCause.OtherSequence),
        InRouting<NeverZeroed>(
            "slot-reuse-no-zero", "a sequence on a used slot starts from what its last tenant left",
            "ik_llama.cpp #1696, llama.cpp #29092", 1, StateCause.MissingReset),
        InRouting<FlagDroppedInBatch>(
            "has-initial-state-dropped", "batches of several sequences do not tell which of them are new",
            "sglang #24717", 2, StateCause.MissingReset),
        InRouting<FirstTokenDecodes>(
            "one-token-first-chunk", "a sequence whose first batch holds one token is decoded from stale state",
            "vLLM #32118, #51562", 1, StateCause.MissingReset),
        InRouting<ModuloSlot>(
            "modulo-slot", "the slot is the number of the request modulo the number of slots", "imp #500", 2,
            StateCause.OtherSequence),
        InRouting<LivePadding>(
            "gr-padded-row-live-slot", "padding rows run on the slots of the batch before",
            "vllm-ascend #12040, TensorRT-LLM #13151", 3),
        InRouting<StaleColumn>(
            "stale-column-zero", "after a rejection, decoding reads plane 0 and not the accepted one",
            "vLLM #39273, #40738", 1, StateCause.AheadState),
        InRouting<ConvNotRolledBack>(
            "conv-plane-missing", "a rollback takes S back but not the conv window", "llama.cpp #28123", 1,
            StateCause.AheadState),
        InRouting<WindowFromWrongEnd>(
            "conv-window-wrong-end", "the conv reads the oldest plane it has", "sglang #38622", 1, StateCause.StaleState),
        InRouting<ScratchAliased>(
            "alloc-scratch-alias", "a third row takes a scratch buffer whose content is not written back yet",
            "ik_llama.cpp #1932", 3, StateCause.OtherSequence),
        InRouting<UnorderedShift>(
            "overlapping-shift-copy", "the conv window of accepted tokens is moved from the wrong end, now and then",
            "vLLM #50729", 1),
        InRouting<InputOverwritten>(
            "input-overwrite-in-flight", "a ubatch reads token ids that the next one has overwritten, now and then",
            "llama.cpp #28056, #27572", 1),
        InRouting<PagePunned>(
            "dtype-pun-page", "masked positions of the KV cache hold bits of recurrent state, and 0 times NaN is NaN",
            "vLLM #35219", 1),
    ];

    private sealed class BoundaryIgnored : Routing
    {
        public override void LoadDelta(Ubatch ubatch, int row, Span<float> delta, ReadOnlySpan<float> previous)
        {
            if (ubatch.Rows[row] is { IsFirst: true, Count: > 1 } && !previous.IsEmpty) previous.CopyTo(delta);
        }
    }

    private sealed class RowAsSlot : Routing
    {
        public override int ConvSlot(int row, Route route) => row;
    }

    private sealed class PrefillFirst : Routing
    {
        public override int FirstToken(Ubatch ubatch, int row)
        {
            if (!ubatch.IsMixed) return base.FirstToken(ubatch, row);
            int decodes = ubatch.Rows.Count(r => r.Count == 1), prefills = ubatch.Tokens.Length - decodes;
            return ubatch.Starts[row] + (row < decodes ? prefills : -decodes);
        }
    }

    private sealed class NeverZeroed : Routing
    {
        // A restart in place still clears the slot; a new sequence takes it as it is.
        public override bool StartsFromZero(Ubatch ubatch, Row row) => row.IsFirst && row.Tenant!.HasRun;
    }

    private sealed class FlagDroppedInBatch : Routing
    {
        public override bool StartsFromZero(Ubatch ubatch, Row row) => row.IsFirst && ubatch.Rows.Count == 1;
    }

    private sealed class FirstTokenDecodes : Routing
    {
        public override bool StartsFromZero(Ubatch ubatch, Row row) => row.IsFirst && row.Count > 1;
    }

    private sealed class ModuloSlot : Routing
    {
        public override int Slot(int request, IReadOnlyCollection<int> taken, int slots) => request % slots;
    }

    private sealed class LivePadding : Routing
    {
        private int[] _before = [], _now = [];

        public override IEnumerable<IReadOnlyList<Row>> Group(IReadOnlyList<Row> rows)
        {
            (_before, _now) = (_now, [.. rows.Select(row => row.Slot)]);
            return base.Group(rows);
        }

        public override int PaddingSlot(int row, int dummySlot) => row < _before.Length ? _before[row] : 0;
    }

    private sealed class StaleColumn : Routing
    {
        public override int ConvPlane(Row row, int livePlane) => row.Count == 1 ? 0 : livePlane;

        public override int DeltaPlane(Row row, int livePlane) => row.Count == 1 ? 0 : livePlane;
    }

    private sealed class ConvNotRolledBack : Routing
    {
        public override int ConvPlane(Row row, int livePlane) => 0;
    }

    private sealed class WindowFromWrongEnd : Routing
    {
        public override int ConvPlane(Row row, int livePlane) => livePlane + (row.Tenant?.RollbackLimit ?? 0);
    }

    private sealed class ScratchAliased : Routing
    {
        public override bool WaitsForWriteBack => false;
    }

    private sealed class UnorderedShift : Routing
    {
        private readonly Race _race = new(0.25);

        public override void StoreWindow(ScanPath path, Span<float> window, int channels)
        {
            if (path == ScanPath.Verify && _race.IsLost()) window.Slice(channels, channels).CopyTo(window);
        }
    }

    private sealed class InputOverwritten : Routing
    {
        private readonly Race _race = new(0.5);

        public override int[] InputTokens(Ubatch ubatch, Ubatch? next)
        {
            if (next is null || !_race.IsLost()) return ubatch.Tokens;
            int overwritten = Math.Min(next.Tokens.Length, ubatch.Tokens.Length);
            return [.. next.Tokens[..overwritten], .. ubatch.Tokens[overwritten..]];
        }
    }

    private sealed class PagePunned : Routing
    {
        private const int PageTokens = 4;

        public override void AddMasked(Row row, Pool pool, Span<float> output)
        {
            if ((row.Position + row.Count) % PageTokens == 0) return;
            float masked = 0;
            foreach (Half entry in MemoryMarshal.Cast<float, Half>(pool.Delta(0, row.Slot, 0))) masked += 0 * (float)entry;
            foreach (ref float sum in output) sum += masked;
        }
    }
}
