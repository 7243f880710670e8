using Gdn.Harness.Engines.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Support;

/// <summary>Spoils the logits of a batch that has any.</summary>
/// <param name="batch">The batch.</param>
/// <param name="logits">Its logits <c>[outputs, V]</c>, right so far.</param>
/// <param name="history">Every token decoded before, of any sequence.</param>
internal delegate void Deviation(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history);

/// <summary>The reference engine, spoilt: what checks must find.</summary>
internal class DeviatingEngine(IModelEngine inner, Deviation deviation) : ForwardingEngine(inner)
{
    private readonly List<BatchToken> _history = [];

    public override void Decode(TokenBatch batch, Span<float> logits)
    {
        base.Decode(batch, logits);
        if (batch.OutputCount > 0) deviation(batch, logits, _history);
        _history.AddRange(batch.Tokens);
    }
}

/// <summary>Makes spoilt reference engines.</summary>
internal sealed class DeviatingSource(string name, Func<IModelEngine, IModelEngine> spoil) : IEngineFactory
{
    public DeviatingSource(string name, Deviation deviation)
        : this(name, engine => new DeviatingEngine(engine, deviation))
    {
    }

    public string Name => name;

    public IModelEngine Create(EngineOptions options) => spoil(new ReferenceModelEngine(options));
}
