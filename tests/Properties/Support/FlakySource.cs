using Gdn.Harness.Engines.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Support;

/// <summary>Reference engines of which one in so many is wrong in its first logit: by counting them, not by chance.</summary>
/// <param name="period">Of so many engines made one after the other one is wrong.</param>
/// <param name="isReproducible">What they declare.</param>
internal sealed class FlakySource(int period, bool isReproducible = true) : IEngineFactory
{
    private int _made;

    public string Name => "flaky";

    public IModelEngine Create(EngineOptions options)
    {
        bool isWrong = Interlocked.Increment(ref _made) % period == 0;
        return new Declaring(
            new DeviatingEngine(new ReferenceModelEngine(options), (_, logits, _) => logits[0] += isWrong ? 100 : 0), isReproducible);
    }

    private sealed class Declaring(IModelEngine inner, bool isReproducible) : ForwardingEngine(inner)
    {
        public override EngineInfo Info =>
            base.Info with { Capabilities = base.Info.Capabilities with { IsReproducible = isReproducible } };
    }
}
