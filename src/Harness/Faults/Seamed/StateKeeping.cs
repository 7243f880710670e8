using Gdn.Reference.Models;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// What happens to states between batches: planes, rollback, snapshots. Each virtual member is a place where a real engine
/// went wrong; its base is right.
/// </summary>
internal class StateKeeping
{
    /// <summary>Index of a slot's plane among the rows of the pool.</summary>
    public virtual int RowOf(int slot, int plane, int planes) => slot * planes + plane;

    /// <summary>Whether the model has recurrent state to look after.</summary>
    public virtual bool IsHybrid(ModelConfig config) => config.DeltaNet is not null;

    /// <summary>Before a batch.</summary>
    public virtual void BeforeBatch(SeamedEngine engine, IReadOnlyList<Tenant> tenants)
    {
    }

    /// <summary>After a ubatch.</summary>
    public virtual void AfterUbatch(SeamedEngine engine, Ubatch ubatch)
    {
    }

    /// <summary>After a batch.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="rows">All tokens of each sequence in it, not cut.</param>
    public virtual void AfterBatch(SeamedEngine engine, IReadOnlyList<Segment> rows)
    {
    }

    /// <summary>After a sequence was cleared.</summary>
    public virtual void Cleared(SeamedEngine engine, Tenant tenant)
    {
    }

    /// <summary>The live plane after the last tokens were taken back.</summary>
    public virtual int PlaneAfterRollback(int livePlane, int count) => livePlane + count;

    /// <summary>After the last tokens of a sequence were taken back.</summary>
    public virtual void RolledBack(SeamedEngine engine, Tenant tenant)
    {
    }

    /// <summary>The recurrent state that a snapshot gets.</summary>
    public virtual SlotState Export(SeamedEngine engine, Tenant tenant) =>
        engine.Pool.Read(tenant.Slot, engine.Pool.LivePlane[tenant.Slot]);

    /// <summary>Gives a slot the recurrent state of a snapshot.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="tenant">The sequence, as it was before.</param>
    /// <param name="isNew">Whether it has just been given its slot.</param>
    /// <param name="snapshot">The snapshot.</param>
    public virtual void Import(SeamedEngine engine, Tenant tenant, bool isNew, SeamedSnapshot snapshot)
    {
        engine.Pool.Write(tenant.Slot, 0, snapshot.State);
        engine.Pool.LivePlane[tenant.Slot] = 0;
    }

    /// <summary>The keys and values that a sequence gets from a snapshot, one for each attention layer.</summary>
    /// <param name="tenant">The sequence, as it was before.</param>
    /// <param name="snapshot">The snapshot.</param>
    public virtual IEnumerable<KeyValueCache<float>> CachesFor(Tenant tenant, SeamedSnapshot snapshot) => snapshot.Caches;

    /// <summary>After a sequence was set to a snapshot.</summary>
    public virtual void Restored(SeamedEngine engine, Tenant tenant)
    {
    }
}
