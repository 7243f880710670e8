using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Properties.Support;
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

    private sealed class Engine(IModelEngine inner, SemaphoreSlim passes) : ForwardingEngine(inner)
    {
        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            passes.Wait(Running.Patience);
            base.Decode(batch, logits);
        }
    }
}
