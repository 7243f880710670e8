using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using Gdn.Reference.Models;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in taking snapshots and giving them back.</summary>
internal static class CheckpointFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InStates<WindowSemantics>(
            "checkpoint-selector", "a live state that reaches far enough is used instead of the snapshot's",
            "ik_llama.cpp #1295, #1673", 1, StateCause.MissingReset),
        InStates<QuarterCopied>(
            "bytes-vs-elements", "only a quarter of each state is copied", "llama.cpp #20700", 1, StateCause.MissingReset),
        InStates<RejectedPublished>(
            "lookahead-block-retained", "a snapshot after a rejection holds the rejected tokens", "vLLM #43559, #53912", 1,
            StateCause.AheadState).AfterRejections(),
        InStates<UnwrittenDonated>(
            "unwritten-slot-donated", "a snapshot of a prompt that ran beside decoding sequences is registered but not written",
            "sglang #39342", 2, StateCause.DroppedCarry),
        InStates<StateAhead>(
            "state-ahead-of-node", "after a restore the tokens of the last page are absorbed twice", "sglang #34760", 1,
            StateCause.AheadState),
        InStates<TakenTooEarly>(
            "snapshot-before-write", "now and then a snapshot holds the state from before the last batch",
            "sglang #24221", 1, StateCause.StaleState),
        InStates<CountInherited>(
            "inherited-accept-count", "a new sequence with a restored state reads the plane last accepted on its slot",
            "vLLM #48132", 1, StateCause.MissingReset).AfterRejections(),
        InStates<FlatConvSlice>(
            "hetero-tp-conv-slice", "conv channels are sharded group by group and joined as if they were one range",
            "sglang #30997", 1),
        InStates<HitNotCopied>(
            "slot-pool-vs-hash", "a new sequence with a cached prefix gets its keys and values but no recurrent state",
            "tpu-inference #3412", 1, StateCause.MissingReset),
        InStates<LoadAborted>(
            "loadback-abort", "loading a snapshot sometimes stops half way without an error", "sglang #30986", 1,
            StateCause.MissingReset),
    ];

    private sealed class WindowSemantics : StateKeeping
    {
        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            if (isNew || tenant.Position < snapshot.NextPosition) base.Import(engine, tenant, isNew, snapshot);
        }
    }

    private sealed class QuarterCopied : StateKeeping
    {
        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            SlotState before = engine.Pool.Read(tenant.Slot, 0);
            base.Import(engine, tenant, isNew, snapshot);
            SlotState after = engine.Pool.Read(tenant.Slot, 0);
            foreach ((float[] old, float[] state) in before.Arrays.Zip(after.Arrays))
                old.AsSpan(old.Length / sizeof(float)).CopyTo(state.AsSpan(old.Length / sizeof(float)));
            engine.Pool.Write(tenant.Slot, 0, after);
        }
    }

    private sealed class RejectedPublished : StateKeeping
    {
        public override SlotState Export(SeamedEngine engine, Tenant tenant) => engine.Pool.Read(tenant.Slot, 0);
    }

    private sealed class UnwrittenDonated : StateKeeping
    {
        private readonly HashSet<Tenant> _untracked = [];

        public override void AfterUbatch(SeamedEngine engine, Ubatch ubatch)
        {
            foreach (Segment segment in ubatch.Segments)
            {
                if (ubatch.IsMixed && segment.Count > 1) _untracked.Add(segment.Tenant);
                else _untracked.Remove(segment.Tenant);
            }
        }

        public override SlotState Export(SeamedEngine engine, Tenant tenant)
        {
            SlotState state = base.Export(engine, tenant);
            if (_untracked.Contains(tenant))
                foreach (float[] array in state.Arrays) Array.Clear(array);
            return state;
        }
    }

    private sealed class StateAhead : StateKeeping
    {
        private const int PageTokens = 4;

        public override void Restored(SeamedEngine engine, Tenant tenant)
        {
            int floor = tenant.Position / PageTokens * PageTokens;
            int[] tokens = [.. tenant.Tokens.Skip(floor)];
            if (tokens.Length > 0 && floor > 0) engine.RunAgain([new Segment(tenant, floor, tokens, [], 1)]);
        }
    }

    private sealed class TakenTooEarly : StateKeeping
    {
        private readonly Race _race = new(0.5);
        private readonly Dictionary<Tenant, SlotState> _before = [];

        public override void BeforeBatch(SeamedEngine engine, IReadOnlyList<Tenant> tenants)
        {
            foreach (Tenant tenant in tenants)
                if (tenant.Position > 0) _before[tenant] = base.Export(engine, tenant);
        }

        public override SlotState Export(SeamedEngine engine, Tenant tenant) =>
            _before.TryGetValue(tenant, out SlotState? before) && _race.IsLost() ? before : base.Export(engine, tenant);
    }

    private sealed class CountInherited : StateKeeping
    {
        private readonly Dictionary<int, int> _accepted = [];

        public override void RolledBack(SeamedEngine engine, Tenant tenant) =>
            _accepted[tenant.Slot] = engine.Pool.LivePlane[tenant.Slot];

        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            base.Import(engine, tenant, isNew, snapshot);
            if (isNew) engine.Pool.LivePlane[tenant.Slot] = _accepted.GetValueOrDefault(tenant.Slot);
        }
    }

    private sealed class FlatConvSlice : StateKeeping
    {
        private const int Ranks = 2;

        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            int[] order = RankByRank(engine.Config.DeltaNet!);
            float[][] conv = [.. snapshot.State.Conv.Select(window => window.Chunk(order.Length)
                .SelectMany(row => order.Select(channel => row[channel])).ToArray())];
            base.Import(engine, tenant, isNew, snapshot with { State = snapshot.State with { Conv = conv } });
        }

        // Channels [q | k | v] as they lie after each rank has taken its part of every group.
        private static int[] RankByRank(DeltaNetConfig config)
        {
            int[][] groups =
            [
                [.. Enumerable.Range(0, config.KeyLength)],
                [.. Enumerable.Range(config.KeyLength, config.KeyLength)],
                [.. Enumerable.Range(2 * config.KeyLength, config.ValueLength)],
            ];
            return [.. Enumerable.Range(0, Ranks).SelectMany(rank =>
                groups.SelectMany(group => group.Chunk(group.Length / Ranks).ElementAt(rank)))];
        }
    }

    private sealed class HitNotCopied : StateKeeping
    {
        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            if (!isNew) base.Import(engine, tenant, isNew, snapshot);
        }
    }

    private sealed class LoadAborted : StateKeeping
    {
        private readonly Race _race = new(0.5);

        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            SlotState before = engine.Pool.Read(tenant.Slot, 0);
            base.Import(engine, tenant, isNew, snapshot);
            if (!_race.IsLost()) return;
            int loaded = before.Conv.Length / 2;
            engine.Pool.Write(tenant.Slot, 0, new SlotState(
                [.. snapshot.State.Conv[..loaded], .. before.Conv[loaded..]],
                [.. snapshot.State.Delta[..loaded], .. before.Delta[loaded..]]));
        }
    }
}
