using Gdn.Harness.Checks.Attribution;
using Gdn.Optimized.Batching;
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
            "has-initial-state-dropped", "batches of several sequences do not say which of them are new",
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
            "vLLM #39273, #40738", 1, StateCause.AheadState).AfterRejections(),
        InRouting<ConvNotRolledBack>(
            "conv-plane-missing", "a rollback takes S back but not the conv window", "llama.cpp #28123", 1,
            StateCause.AheadState).AfterRejections(),
        InRouting<WindowFromWrongEnd>(
            "conv-window-wrong-end", "the conv reads the oldest plane it has", "sglang #38622", 1, StateCause.StaleState),
        InRouting<ScratchAliased>(
            "alloc-scratch-alias", "a third row takes a scratch buffer whose content is not written back yet",
            "ik_llama.cpp #1932", 3, StateCause.OtherSequence),
    ];

    // Boundaries do not reset the scan: it goes on through the tokens packed before.
    private sealed class BoundaryIgnored : RoutingPolicy
    {
        public override bool RunsInPlace => false;

        public override void Compile(BatchPlan plan)
        {
            for (int s = 1; s < plan.DeltaSource.Length; s++)
            {
                if (!GoesOn(plan.Signature.Routes[s])) continue;
                (plan.DeltaSource[s], plan.DeltaMask[s]) = (plan.DeltaSource[s - 1], plan.DeltaMask[s - 1]);
            }
        }

        public override void Lay(ReadOnlySpan<RunSequence> sequences, Span<ScanSegment> segments)
        {
            for (int s = 1; s < segments.Length; s++)
                if (sequences[s] is { FirstPosition: 0, Count: > 1 })
                    segments[s] = new ScanSegment(segments[s - 1].Start, segments[s - 1].Count + segments[s].Count, s);
        }

        private static bool GoesOn(SequenceRoute route) => route is { Resets: true, Tokens: > 1 };
    }

    private sealed class RowAsSlot : RoutingPolicy
    {
        public override bool RunsInPlace => false;

        public override void Compile(BatchPlan plan)
        {
            for (int s = 0; s < plan.ConvSource.Length; s++)
            {
                plan.ConvSource[s] = s * plan.Planes + plan.Signature.Routes[s].ConvPlane;
                Span<int> targets = plan.ConvTargets(s);
                for (int plane = 0; plane < targets.Length; plane++) targets[plane] = s * plan.Planes + plane;
            }
        }
    }

    private sealed class PrefillFirst : RoutingPolicy
    {
        public override void Lay(ReadOnlySpan<RunSequence> sequences, Span<ScanSegment> segments)
        {
            int prefills = 0, decodes = 0;
            foreach (RunSequence sequence in sequences)
                if (sequence.Count > 1) prefills += sequence.Count;
            for (int s = 0, prefilled = 0; s < segments.Length; s++)
            {
                int start = segments[s].Count > 1 ? prefilled : prefills + decodes++;
                if (segments[s].Count > 1) prefilled += segments[s].Count;
                segments[s] = segments[s] with { Start = start };
            }
        }
    }

    private sealed class NeverZeroed : RoutingPolicy
    {
        // A restart in place still clears the slot; a new sequence takes it as it is.
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { Resets = right.Resets && !sequence.IsNew };
    }

    private sealed class FlagDroppedInBatch : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { Resets = right.Resets && context.Sequences == 1 };
    }

    private sealed class FirstTokenDecodes : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { Resets = right.Resets && sequence.Count > 1 };
    }

    private sealed class ModuloSlot : RoutingPolicy
    {
        private readonly Dictionary<int, int> _requests = [];
        private int _next;

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context)
        {
            if (sequence.IsNew || !_requests.ContainsKey(sequence.Sequence)) _requests[sequence.Sequence] = _next++;
            return right with { Slot = _requests[sequence.Sequence] % context.Slots };
        }
    }

    private sealed class LivePadding : PaddedBatches
    {
        private int[] _before = [];

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            sequence.Sequence >= 0 ? right : right with { Slot = context.Index < _before.Length ? _before[context.Index] : 0 };

        public override void Ran(ReadOnlySpan<RunSequence> sequences) =>
            _before = [.. sequences.ToArray().Where(sequence => sequence.Sequence >= 0).Select(sequence => sequence.Slot)];
    }

    private sealed class StaleColumn : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            sequence.Count > 1 ? right : right with { ConvPlane = 0, DeltaPlane = 0 };
    }

    private sealed class ConvNotRolledBack : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { ConvPlane = 0 };
    }

    private sealed class WindowFromWrongEnd : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { ConvPlane = context.OldestPlane };
    }

    // Two scratch buffers that sequences take in turn, whether or not the last content has been written back.
    private sealed class ScratchAliased : RoutingPolicy
    {
        public override void Lay(ReadOnlySpan<RunSequence> sequences, Span<ScanSegment> segments)
        {
            foreach (ref ScanSegment segment in segments) segment = segment with { Row = segment.Row % 2 };
        }
    }
}
