using Gdn.Harness.Checks.Attribution;
using Gdn.Optimized.Batching;

namespace Gdn.Harness.Faults;

/// <summary>
/// Faults of engines that keep S as a checkpoint and a ring. Ours takes the cursor from the position, so each of these brings back
/// the cursor that it does without.
/// </summary>
internal static class RingFaults
{
    // Short, so that few tokens come past checkpoints.
    private const int Length = 4;

    // What the design invites; not each was seen in a release.
    private const string Source = "risks of the design in sglang #28695, vLLM #49887, ATOM #1883";

    public static IReadOnlyList<Fault> All { get; } =
    [
        InRing<CursorKept>(
            "ring-cursor-kept", "a sequence on a used slot starts from zero, but what its last tenant had pending counts as its own",
            StateCause.MissingReset),
        InRing<AdvancedPerLayer>(
            "ring-advanced-per-layer", "the cursor that layers share is advanced by each of two, not once per token",
            StateCause.DroppedCarry),
        InRing<LastEntryNotFlushed>(
            "ring-flush-off-by-one", "a checkpoint is written without the last entry before it",
            StateCause.StaleState),
        InRing<LoneTokenLost>(
            "ring-lone-token", "the last token of a batch, if it is the first behind a checkpoint, gets no entry"),
        InRing<CursorLeftOut>(
            "ring-plan-key", "plans are used again for the same slots, wherever their sequences stand in the ring",
            StateCause.StaleState),
    ];

    private static Fault InRing<T>(string id, string summary, StateCause cause = StateCause.None)
        where T : RoutingPolicy, new() =>
        new(id, summary, Source)
        {
            Cause = cause,
            Plant = options => options with
            {
                Routing = new T(),
                PoisonFreeSlots = false,
                RingLength = options.RingLength > 0 ? options.RingLength : Length,
            },
        };

    // The cursor of a slot goes on through all its tenants.
    private sealed class CursorKept : RoutingPolicy
    {
        private readonly Dictionary<int, int> _start = [], _end = [];

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context)
        {
            if (sequence.FirstPosition == 0) _start[sequence.Slot] = _end.GetValueOrDefault(sequence.Slot);
            int position = _start.GetValueOrDefault(sequence.Slot) + sequence.FirstPosition;
            return right with { Ring = context.Ring.At(position) };
        }

        public override void Ran(ReadOnlySpan<RunSequence> sequences)
        {
            foreach (RunSequence sequence in sequences)
                _end[sequence.Slot] = _start.GetValueOrDefault(sequence.Slot) + sequence.FirstPosition + sequence.Count;
        }
    }

    private sealed class AdvancedPerLayer : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { Ring = context.Ring.At(2 * sequence.FirstPosition) };
    }

    private sealed class LastEntryNotFlushed : RoutingPolicy
    {
        public override int Flushed(int entries) => entries - 1;
    }

    private sealed class LoneTokenLost : RoutingPolicy
    {
        // Of each slot: tokens without an entry, and the position behind a lone one.
        private readonly Dictionary<int, int> _lost = [], _lone = [];
        private RingShape _ring;

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context)
        {
            _ring = context.Ring;
            (int slot, int position) = (sequence.Slot, sequence.FirstPosition);
            if (position == 0) _lost[slot] = 0;
            else if (_lone.Remove(slot, out int lone) && lone == position) _lost[slot]++;
            return right with { Ring = _ring.At(Entries(slot, position)) };
        }

        public override void Ran(ReadOnlySpan<RunSequence> sequences)
        {
            foreach ((_, int slot, int position, int count) in sequences)
                if (count > 1 && _ring.At(Entries(slot, position + count)).Pending == 1) _lone[slot] = position + count;
        }

        // Never fewer than one behind the start: a rollback may take back lost ones.
        private int Entries(int slot, int position) =>
            position == 0 ? 0 : Math.Max(1, position - _lost.GetValueOrDefault(slot));
    }

    private sealed class CursorLeftOut : IncompleteKey
    {
        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) => route with { Ring = default };
    }
}
