using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using Gdn.Reference.Models;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in rolling back, and in how planes lie in the pool.</summary>
internal static class StateFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InStates<NotRolledBack>(
            "reject-no-rollback", "rejected tokens stay in the recurrent state", "ik_llama.cpp #1669, llama.cpp #20075", 1,
            StateCause.AheadState).AfterRejections(),
        InStates<CommitSkipped>(
            "commit-skipped", "after a rejection the state is that from before the batch", "sglang #26351", 1,
            StateCause.StaleState).AfterRejections(),
        InStates<OffByOne>(
            "per-step-off-by-one", "a rollback takes back one token too few", "ik_llama.cpp #1754", 1,
            StateCause.AheadState).AfterRejections(),
        InStates<SharedPlanes>(
            "draft-armed-slot0", "all slots keep the states of drafted tokens in the planes of slot 0",
            "llama.cpp #28286, ik_llama.cpp #1804", 2, StateCause.OtherSequence),
        InStates<PlaneTooMany>(
            "snapshot-K-oob", "the pool is laid out for one plane fewer than are written", "llama.cpp #25704", 2,
            StateCause.OtherSequence),
        InStates<CopiedBackwards>(
            "boundary-backward-copy", "when tokens end at the boundary of a block, an older plane is copied over the new one",
            "vLLM #53505", 1, StateCause.StaleState),
        InStates<NotTakenForHybrid>(
            "arch-misclassified", "one architecture is missing from the list of those with recurrent state",
            "ik_llama.cpp #1305", 1, StateCause.MissingReset),
        InStates<Aborted>(
            "abort-flag-bleed", "a client that leaves aborts the next batch, whose first tokens are then absorbed twice",
            "ik_llama.cpp #1673, #1941", 2, StateCause.AheadState),
    ];

    private sealed class NotRolledBack : StateKeeping
    {
        public override int PlaneAfterRollback(int livePlane, int count) => livePlane;
    }

    private sealed class CommitSkipped : StateKeeping
    {
        private readonly Dictionary<Tenant, SlotState> _before = [];

        public override void BeforeBatch(SeamedEngine engine, IReadOnlyList<Tenant> tenants)
        {
            foreach (Tenant tenant in tenants)
                _before[tenant] = engine.Pool.Read(tenant.Slot, engine.Pool.LivePlane[tenant.Slot]);
        }

        public override void RolledBack(SeamedEngine engine, Tenant tenant) =>
            engine.Pool.Write(tenant.Slot, engine.Pool.LivePlane[tenant.Slot], _before[tenant]);
    }

    private sealed class OffByOne : StateKeeping
    {
        public override int PlaneAfterRollback(int livePlane, int count) => livePlane + count - 1;
    }

    private sealed class SharedPlanes : StateKeeping
    {
        public override int RowOf(int slot, int plane, int planes) => base.RowOf(plane == 0 ? slot : 0, plane, planes);
    }

    private sealed class PlaneTooMany : StateKeeping
    {
        public override int RowOf(int slot, int plane, int planes) => base.RowOf(slot, plane, Math.Max(1, planes - 1));
    }

    private sealed class CopiedBackwards : StateKeeping
    {
        private const int BlockTokens = 4;

        public override void AfterUbatch(SeamedEngine engine, Ubatch ubatch)
        {
            foreach (Segment segment in ubatch.Segments)
                if (segment.Planes > 1 && (segment.Position + segment.Count) % BlockTokens == 0)
                    engine.Pool.Write(segment.Slot, 0, engine.Pool.Read(segment.Slot, segment.Planes - 1));
        }
    }

    private sealed class NotTakenForHybrid : StateKeeping
    {
        public override bool IsHybrid(ModelConfig config) => base.IsHybrid(config) && config.Architecture != Architecture.Qwen35;
    }

    private sealed class Aborted : StateKeeping
    {
        private bool _aborts;

        public override void Cleared(SeamedEngine engine, Tenant tenant) => _aborts = engine.Tenants.Count > 0;

        public override void AfterUbatch(SeamedEngine engine, Ubatch ubatch)
        {
            if (_aborts) engine.RunAgain(ubatch.Segments);
            _aborts = false;
        }
    }
}
