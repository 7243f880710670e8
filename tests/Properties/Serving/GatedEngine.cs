using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Serving;

/// <summary>Makes an engine that runs a pass only when told to, so that a test decides what happens between passes.</summary>
internal sealed class GatedSource : IEngineSource, IDisposable
{
    private readonly SemaphoreSlim _passes = new(0);
    private readonly EngineSpec _inner = EngineSpec.Parse("cpu");

    public string Name => "gated";

    /// <summary>Lets so many more passes run.</summary>
    public void Allow(int passes) => _passes.Release(passes);

    /// <summary>Lets all further passes run.</summary>
    public void Open() => _passes.Release(1_000_000);

    public IModelEngine Create(LoadedModel model, int slots, int planes) =>
        new Engine(_inner.Create(model, slots, planes), _passes);

    public void Dispose()
    {
        _inner.Dispose();
        _passes.Dispose();
    }

    private sealed class Engine(IModelEngine inner, SemaphoreSlim passes) : IModelEngine
    {
        public EngineInfo Info => inner.Info;

        public EngineCounters Counters => inner.Counters;

        public void Decode(TokenBatch batch, Span<float> logits)
        {
            passes.Wait(Running.Patience);
            inner.Decode(batch, logits);
        }

        public int NextPosition(int sequence) => inner.NextPosition(sequence);

        public int SlotOf(int sequence) => inner.SlotOf(sequence);

        public void Clear(int sequence) => inner.Clear(sequence);

        public void Copy(int source, int target) => inner.Copy(source, target);

        public IStateSnapshot Snapshot(int sequence) => inner.Snapshot(sequence);

        public void Restore(int sequence, IStateSnapshot snapshot) => inner.Restore(sequence, snapshot);

        public void Rollback(int sequence, int count) => inner.Rollback(sequence, count);

        public void Dispose() => inner.Dispose();
    }
}
