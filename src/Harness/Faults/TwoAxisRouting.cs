using Gdn.Harness.Checks.Attribution;
using Gdn.Optimized.Batching;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults of the batched engine that show only where two things come together, in how rows find their state.</summary>
internal static class TwoAxisRouting
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InRouting<PlaneOfLongestDraft>(
            "longest-draft-plane", "a rejection counts its planes back from the end of the batch's longest draft",
            "modelled on ik_llama.cpp #1754 and vLLM #45100", 2, StateCause.AheadState)
            .Needing("drafts of unlike number side by side", "a rejection in the shorter one"),
        InRouting<VerifySkipsReset>(
            "verify-skips-reset", "a batch with drafts takes all of its rows for continued ones",
            "modelled on sglang #24717", 2, StateCause.MissingReset)
            .Needing("drafts beside others", "a restart or a used slot in the same batch"),
        InRouting<FullBatchIdentity>(
            "full-batch-identity", "a batch of all slots needs no row map, although it is packed single tokens first",
            "modelled on sglang #23975 and vLLM #40766", 2, StateCause.OtherSequence)
            .Needing("all slots in one batch", "a prompt on a lower slot than a single token"),
        InRouting<VerifyReadsTip>(
            "verify-token-at-tip", "a row without drafts in a batch with drafts is read from plane 0",
            "modelled on vLLM #39273", 2, StateCause.AheadState)
            .Needing("one token beside drafts", "a rejection of the same sequence before"),
        InRouting<LastRowOutOfKey>(
            "last-row-out-of-key", "plans of several rows leave the token count of the last one out of their key",
            "modelled on ik_llama.cpp #1728 and #2260", 2, StateCause.StaleState)
            .Needing("drafts of other number in the last row than in a batch before", "a rejection in that row"),
        InRouting<SevenResetBits>(
            "seven-reset-bits", "which rows start afresh is kept in seven bits of a signed byte",
            "modelled on sglang #24717", 8, StateCause.MissingReset)
            .Needing("a batch of eight rows", "a restart or a used slot in the eighth"),
        InRouting<NoPlanesBeyond512>(
            "no-planes-beyond-512", "the kernel for long sequences keeps the last state alone",
            "modelled on llama.cpp #28123 and vLLM #50272", 1, StateCause.StaleState)
            .Needing("a position beyond 512", "a rejection"),
        InRouting<BlockStartIsStart>(
            "block-start-is-start", "a batch with a prompt counts positions within blocks of 64, where 0 means a new sequence",
            "modelled on sparkinfer #1071", 2, StateCause.DroppedCarry)
            .Needing("a row that begins at a multiple of 64", "another's prompt in the same batch"),
        InRouting<WindowOfDeepest>(
            "window-of-deepest-rejection", "conv windows of all rows with rejections are taken from the deepest plane of any",
            "modelled on llama.cpp #28123 and vLLM #39273", 2, StateCause.StaleState)
            .Needing("rejections of unlike depth in two sequences", "both in the batch that follows"),
    ];

    private sealed class PlaneOfLongestDraft : RoutingPolicy
    {
        private readonly Dictionary<int, int> _missing = [];

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context)
        {
            int plane = Math.Max(0, right.ConvPlane - _missing.GetValueOrDefault(sequence.Slot));
            return right with { ConvPlane = plane, DeltaPlane = plane };
        }

        public override void Ran(ReadOnlySpan<RunSequence> sequences)
        {
            int longest = 0;
            foreach (RunSequence row in sequences)
                if (row.Kind() == RowKind.Drafts) longest = Math.Max(longest, row.Count);
            foreach (RunSequence row in sequences)
                _missing[row.Slot] = row.Kind() == RowKind.Drafts ? longest - row.Count : 0;
        }
    }

    private sealed class VerifySkipsReset : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { Resets = right.Resets && !context.Pass.Has(RowKind.Drafts) };
    }

    private sealed class FullBatchIdentity : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context)
        {
            if (context.Sequences < context.Slots) return right;
            int row = 0;
            foreach (RunSequence other in context.Pass.Span)
                if ((other.Count > 1, other.Slot).CompareTo((sequence.Count > 1, sequence.Slot)) < 0) row++;
            return context.Pass.Has(RowKind.Prompt) ? right with { Slot = row } : right;
        }
    }

    private sealed class VerifyReadsTip : RoutingPolicy
    {
        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            sequence.Count == 1 && context.Pass.Has(RowKind.Drafts) ? right with { ConvPlane = 0, DeltaPlane = 0 } : right;
    }

    private sealed class LastRowOutOfKey : IncompleteKey
    {
        public override bool RunsInPlace => true;

        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) =>
            isLast ? route with { Tokens = 0, Planes = 1 } : route;
    }

    private sealed class SevenResetBits : RoutingPolicy
    {
        private const int Bits = 7;

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            right with { Resets = right.Resets && context.Index < Bits };
    }

    private sealed class NoPlanesBeyond512 : RoutingPolicy
    {
        private const int LongFrom = 512;

        public override bool RunsInPlace => false;

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context) =>
            sequence.FirstPosition + sequence.Count > LongFrom ? right with { Planes = 1 } : right;
    }

    private sealed class BlockStartIsStart : RoutingPolicy
    {
        private const int BlockTokens = 64;

        public override SequenceRoute Route(SequenceRoute right, RunSequence sequence, RouteContext context)
        {
            bool starts = sequence.FirstPosition % BlockTokens == 0;
            return starts && HasOtherPrompt(sequence, context.Pass.Span) ? right with { Resets = true } : right;
        }

        private static bool HasOtherPrompt(RunSequence sequence, ReadOnlySpan<RunSequence> pass)
        {
            foreach (RunSequence row in pass)
                if (row.Slot != sequence.Slot && row.Kind() == RowKind.Prompt) return true;
            return false;
        }
    }

    private sealed class WindowOfDeepest : RoutingPolicy
    {
        public override void Compile(BatchPlan plan)
        {
            int deepest = 0;
            foreach (SequenceRoute route in plan.Signature.Routes) deepest = Math.Max(deepest, route.ConvPlane);
            for (int s = 0; s < plan.ConvSource.Length; s++)
                if (plan.Signature.Routes[s] is { ConvPlane: > 0 } route)
                    plan.ConvSource[s] = route.Slot * plan.Planes + deepest;
        }
    }
}
