using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Support;

/// <summary>Does what another engine does: a base for those that differ in one point.</summary>
internal abstract class ForwardingEngine(IModelEngine inner) : IModelEngine
{
    public virtual EngineInfo Info => inner.Info;

    public virtual EngineCounters Counters => inner.Counters;

    public virtual void Decode(TokenBatch batch, Span<float> logits) => inner.Decode(batch, logits);

    public virtual int NextPosition(int sequence) => inner.NextPosition(sequence);

    public int SlotOf(int sequence) => inner.SlotOf(sequence);

    public virtual void Clear(int sequence) => inner.Clear(sequence);

    public virtual void Copy(int source, int target) => inner.Copy(source, target);

    public virtual IStateSnapshot Snapshot(int sequence) => inner.Snapshot(sequence);

    public virtual void Restore(int sequence, IStateSnapshot snapshot) => inner.Restore(sequence, snapshot);

    public virtual void Rollback(int sequence, int count) => inner.Rollback(sequence, count);

    public void Dispose()
    {
        inner.Dispose();
        GC.SuppressFinalize(this);
    }
}
