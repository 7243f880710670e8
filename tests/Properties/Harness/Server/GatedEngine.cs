using System.Text.Json;
using Gdn.Harness.Engines;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Harness.Server;

/// <summary>Makes an engine that runs a pass only when allowed to, so that a test decides what happens between passes.</summary>
internal sealed class GatedSource(string engine = "cpu") : IEngineFactory, IDisposable
{
    private readonly SemaphoreSlim _passes = new(0);
    private readonly NamedEngine _inner = EngineCatalog.Parse(engine);

    public string Name => "gated";

    /// <summary>Allows a number of further passes.</summary>
    public void Allow(int passes) => _passes.Release(passes);

    /// <summary>
    /// Looks at the server's slots until they are as wanted, and lets a pass run per look. Passes that have not begun are not
    /// saved up: looks can be faster than passes, and what runs would end before the test goes on.
    /// </summary>
    public Task PassByPass(Running server, Predicate<JsonElement[]> wanted) => server.WaitForSlots(slots =>
    {
        if (_passes.CurrentCount == 0) Allow(1);
        return wanted(slots);
    });

    /// <summary>The same until there is a result.</summary>
    public async Task<T> PassByPass<T>(Running server, Task<T> result)
    {
        await PassByPass(server, _ => result.IsCompleted);
        return await result;
    }

    /// <summary>Lets all further passes run.</summary>
    public void Open() => _passes.Release(1_000_000);

    public IModelEngine Create(EngineOptions options) => new Engine(_inner.Create(options), _passes);

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
