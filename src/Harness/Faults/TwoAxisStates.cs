using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using Gdn.Reference.State;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults in what happens between batches that show only where two things come together.</summary>
internal static class TwoAxisStates
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InStates<ReleaseSwapsPlane>(
            "release-swaps-plane", "a release moves the live plane of the last slot into the gap, but not the slot",
            "modelled on vLLM #48132", 2, StateCause.AheadState)
            .Needing("a rejection", "another's release before the next batch"),
        InStates<ThreeBitPlane>(
            "three-bit-plane", "the index of the live plane has three bits", "modelled on llama.cpp #25704", 1,
            StateCause.AheadState)
            .Needing("nine planes", "eight rejected drafts"),
        InStates<StopsAtCheckpoint>(
            "rollback-stops-at-checkpoint", "a rollback over a checkpoint ends at the checkpoint, every 64 tokens",
            "modelled on sglang #34760", 1, StateCause.AheadState)
            .Needing("a position over a multiple of 64", "a rejection back below it"),
        InStates<CheckpointOfRowZero>(
            "checkpoint-of-row-zero", "a prompt slice that fills a block of 256 in a mixed batch takes the state of row 0",
            "modelled on vLLM #40766 and sglang #39342", 2, StateCause.OtherSequence)
            .Needing("a prompt that ends at a multiple of 256", "single tokens or drafts beside it"),
        InStates<TipBesidePrompt>(
            "tip-beside-prompt", "a snapshot of a sequence that drafted beside a prompt ignores the rejection",
            "modelled on sglang #39342 and vLLM #43559", 2, StateCause.AheadState)
            .Needing("drafts beside another's prompt", "a snapshot or copy after a rejection"),
        InStates<FourPlanesSeen>(
            "snapshot-of-four-planes", "snapshots know four planes", "modelled on llama.cpp #25704", 1, StateCause.AheadState)
            .Needing("five planes or more", "a snapshot or copy after four rejected drafts"),
        InStates<PlanesModuloFour>(
            "planes-modulo-four", "planes of drafted tokens lie in a buffer for four slots",
            "modelled on imp #500 and llama.cpp #28286", 5, StateCause.OtherSequence)
            .Needing("drafts on two slots that are four apart", "a rejection on the lower one"),
        InStates<EvictsWhenFull>(
            "checkpoint-evicts-when-full", "a checkpoint at a multiple of 128 takes a free slot, or the next one if there is none",
            "modelled on vLLM #53505 and imp #500", 2, StateCause.OtherSequence)
            .Needing("a position that passes a multiple of 128", "all slots busy"),
        InStates<RestoreFlushesPlanes>(
            "restore-flushes-planes", "a restore drops the older planes of all other sequences",
            "modelled on sglang #26351", 2, StateCause.AheadState)
            .Needing("a rejection", "another's restore or copy between the drafts and it"),
        InStates<KeepsBlockOfTarget>(
            "keeps-block-of-target", "a copy onto a living sequence leaves its last block of keys and values in place",
            "modelled on llama.cpp #20700")
            .Needing("a copy or restore onto a living sequence", "both beyond the same multiple of 64"),
    ];

    private sealed class ReleaseSwapsPlane : StateKeeping
    {
        public override void Cleared(SeamedEngine engine, Tenant tenant)
        {
            int last = engine.Tenants.Select(other => other.Slot).DefaultIfEmpty(-1).Max();
            if (last < tenant.Slot) return;
            engine.Pool.LivePlane[tenant.Slot] = engine.Pool.LivePlane[last];
            engine.Pool.LivePlane[last] = 0;
        }
    }

    private sealed class ThreeBitPlane : StateKeeping
    {
        public override int PlaneAfterRollback(int livePlane, int count) => (livePlane + count) & 0b111;
    }

    private sealed class StopsAtCheckpoint : StateKeeping
    {
        private const int Interval = 64;

        public override void RolledBack(SeamedEngine engine, Tenant tenant)
        {
            ref int plane = ref engine.Pool.LivePlane[tenant.Slot];
            int tip = tenant.Position + plane, checkpoint = (tenant.Position / Interval + 1) * Interval;
            if (checkpoint <= tip) plane = tip - checkpoint;
        }
    }

    private sealed class CheckpointOfRowZero : StateKeeping
    {
        private const int BlockTokens = 256;

        public override void AfterBatch(SeamedEngine engine, IReadOnlyList<Segment> rows)
        {
            Segment? first = rows.FirstOrDefault(row => row.Kind() != RowKind.Prompt);
            if (first is null) return;
            foreach (Segment row in rows)
                if (row.Kind() == RowKind.Prompt && (row.Position + row.Count) % BlockTokens == 0)
                    engine.Pool.Write(row.Slot, 0, engine.Pool.Read(first.Slot, 0));
        }
    }

    private sealed class TipBesidePrompt : StateKeeping
    {
        private readonly HashSet<Tenant> _beside = [];

        public override void AfterBatch(SeamedEngine engine, IReadOnlyList<Segment> rows)
        {
            foreach (Segment row in rows)
            {
                if (rows.Any(other => other != row && other.Kind() == RowKind.Prompt)) _beside.Add(row.Tenant);
                else _beside.Remove(row.Tenant);
            }
        }

        public override SlotState Export(SeamedEngine engine, Tenant tenant) =>
            _beside.Contains(tenant) ? engine.Pool.Read(tenant.Slot, 0) : base.Export(engine, tenant);
    }

    private sealed class FourPlanesSeen : StateKeeping
    {
        private const int Planes = 4;

        public override SlotState Export(SeamedEngine engine, Tenant tenant) =>
            engine.Pool.Read(tenant.Slot, Math.Min(engine.Pool.LivePlane[tenant.Slot], Planes - 1));
    }

    private sealed class PlanesModuloFour : StateKeeping
    {
        private const int Slots = 4;

        public override int RowOf(int slot, int plane, int planes) =>
            base.RowOf(plane == 0 ? slot : slot % Slots, plane, planes);
    }

    private sealed class EvictsWhenFull : StateKeeping
    {
        private const int Interval = 128;

        public override void AfterBatch(SeamedEngine engine, IReadOnlyList<Segment> rows)
        {
            if (engine.Tenants.Count < engine.Pool.Slots) return;
            foreach (Segment row in rows)
            {
                if (row.Position / Interval == (row.Position + row.Count) / Interval) continue;
                int evicted = (row.Slot + 1) % engine.Pool.Slots;
                engine.Pool.Write(evicted, engine.Pool.LivePlane[evicted], engine.Pool.Read(row.Slot, 0));
            }
        }
    }

    private sealed class RestoreFlushesPlanes : StateKeeping
    {
        private readonly HashSet<Tenant> _flushed = [];

        public override void AfterBatch(SeamedEngine engine, IReadOnlyList<Segment> rows) =>
            _flushed.ExceptWith(rows.Select(row => row.Tenant));

        public override void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
        {
            base.Import(engine, tenant, isNew, snapshot);
            _flushed.UnionWith(engine.Tenants.Where(other => other != tenant));
        }

        public override void RolledBack(SeamedEngine engine, Tenant tenant)
        {
            if (_flushed.Contains(tenant)) engine.Pool.LivePlane[tenant.Slot] = 0;
        }
    }

    private sealed class KeepsBlockOfTarget : StateKeeping
    {
        private const int BlockTokens = 64;

        // The block of the last token, which the target has too.
        public override IEnumerable<KeyValueCache<float>> CachesFor(Tenant tenant, SeamedSnapshot snapshot)
        {
            int end = snapshot.NextPosition, start = end / BlockTokens * BlockTokens;
            if (start == 0 || tenant.Position < end) return base.CachesFor(tenant, snapshot);
            return snapshot.Caches.Select((cache, layer) =>
            {
                var mixed = (KeyValueCache<float>)cache.Copy();
                mixed.Rollback(end - start);
                KeyValueCache<float> own = tenant.Cache(layer);
                mixed.Append(Entries(own.Keys, start, end, tenant.Position), Entries(own.Values, start, end, tenant.Position));
                return mixed;
            });
        }

        private static ReadOnlySpan<float> Entries(ReadOnlySpan<float> all, int start, int end, int positions)
        {
            int length = all.Length / positions;
            return all[(start * length)..(end * length)];
        }
    }
}
