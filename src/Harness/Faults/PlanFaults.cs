using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in what decides whether a compiled plan is used again.</summary>
internal static class PlanFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        ShapeKey.Fault,
        InRouting<BakedReset>(
            "gr-baked-reset", "a plan that zeroes the state is used again for later tokens", "ik_llama.cpp #1393", 1,
            StateCause.DroppedCarry),
        InRouting<ModeLeftOut>(
            "gr-mode-switch", "plans that keep the state after each token and plans that do not pass for the same",
            "ik_llama.cpp #1728", 1, StateCause.StaleState),
        InRouting<OrientationBaked>(
            "pingpong-variant", "a plan reads the plane that was live when it was compiled", "onnxruntime-genai #2446", 1,
            StateCause.AheadState),
        InRouting<SingleRowPlans>(
            "one-path-fallback", "batches fall back to one sequence at a time, on plans without slots in their key",
            "ik_llama.cpp #1933", 2, StateCause.OtherSequence),
    ];

    private sealed class BakedReset : Routing
    {
        public override Route PlanKey(Route route) => route with { Resets = false };
    }

    private sealed class ModeLeftOut : Routing
    {
        public override Route PlanKey(Route route) => route with { Planes = 1 };
    }

    private sealed class OrientationBaked : Routing
    {
        public override Route PlanKey(Route route) => route with { ConvPlane = 0, DeltaPlane = 0 };
    }

    private sealed class SingleRowPlans : Routing
    {
        public override IEnumerable<IReadOnlyList<Row>> Group(IReadOnlyList<Row> rows) => rows.Chunk(1);

        public override Route PlanKey(Route route) => route with { Slot = 0 };
    }
}
