using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.ForeignEngine;

/// <summary>The batched CPU engine, as a foreign one: clean, and a frame for engines that are not.</summary>
public class PlainEngine(EngineOptions options) : IModelEngine
{
    private readonly BatchedEngine _inner = CpuDevice.Engine("plain", new CpuOptions { Engine = options });

    public virtual EngineInfo Info => _inner.Info;

    public virtual EngineCounters Counters => _inner.Counters;

    public virtual void Decode(TokenBatch batch, Span<float> logits) => _inner.Decode(batch, logits);

    public int NextPosition(int sequence) => _inner.NextPosition(sequence);

    public int SlotOf(int sequence) => _inner.SlotOf(sequence);

    public void Clear(int sequence) => _inner.Clear(sequence);

    public void Copy(int source, int target) => _inner.Copy(source, target);

    public IStateSnapshot Snapshot(int sequence) => _inner.Snapshot(sequence);

    public void Restore(int sequence, IStateSnapshot snapshot) => _inner.Restore(sequence, snapshot);

    public void Rollback(int sequence, int count) => _inner.Rollback(sequence, count);

    public virtual void Dispose()
    {
        _inner.Dispose();
        GC.SuppressFinalize(this);
    }
}
