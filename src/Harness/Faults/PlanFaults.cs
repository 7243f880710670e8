using Gdn.Harness.Checks.Attribution;
using Gdn.Optimized.Batching;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in what decides whether a compiled plan is used again.</summary>
internal static class PlanFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InRouting<ShapeKey>(
            "gr-shape-key", "plans are reused by shape while the slots are baked in", "ik_llama.cpp #1932, #2260", 3,
            StateCause.OtherSequence, poisons: true),
        InRouting<BakedReset>(
            "gr-baked-reset", "a plan that zeroes the state is used again for later tokens", "ik_llama.cpp #1393", 1,
            StateCause.DroppedCarry),
        InRouting<ModeLeftOut>(
            "gr-mode-switch", "plans with and without states after each token count as the same",
            "ik_llama.cpp #1728", 1, StateCause.StaleState).AfterRejections(),
        InRouting<OrientationBaked>(
            "pingpong-variant", "a plan reads the plane that was live when it was compiled", "onnxruntime-genai #2446", 1,
            StateCause.AheadState).AfterRejections(),
        InRouting<SingleRowPlans>(
            "one-path-fallback", "batches fall back to one sequence at a time, on plans without slots in their key",
            "ik_llama.cpp #1933", 2, StateCause.OtherSequence),
    ];

    // One sequence alone still runs in place, as in the engine in which this was seen: with two slots the only batch of two is
    // always the same, so that it shows from three slots on.
    private sealed class ShapeKey : IncompleteKey
    {
        public override bool RunsInPlace => true;

        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) => route with { Slot = 0 };
    }

    private sealed class BakedReset : IncompleteKey
    {
        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) => route with { Resets = false };
    }

    private sealed class ModeLeftOut : IncompleteKey
    {
        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) => route with { Tokens = 0, Planes = 1 };
    }

    private sealed class OrientationBaked : IncompleteKey
    {
        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) => route with { ConvPlane = 0, DeltaPlane = 0 };
    }

    private sealed class SingleRowPlans : IncompleteKey
    {
        public override bool RunsApart(RunSequence previous, RunSequence next) => true;

        protected override SequenceRoute KeyOf(SequenceRoute route, bool isLast) => route with { Slot = 0 };
    }
}
