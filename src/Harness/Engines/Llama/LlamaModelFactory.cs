using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Llama;

/// <summary>Engines of a libllama.</summary>
/// <param name="library">The library.</param>
/// <param name="options">How it is run.</param>
internal sealed class LlamaModelFactory(LlamaLibrary library, LlamaOptions options) : IEngineFactory
{
    // ggml pads the context of every sequence to this.
    private const int Padding = 256;

    private readonly Dictionary<string, (LlamaModel Model, EngineInfo Info)> _models = [];
    private readonly LlamaContexts _contexts = new();

    /// <inheritdoc/>
    public string Name => $"llama:{options.Folder}";

    /// <inheritdoc/>
    public bool ReadsModelFile => true;

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions asked)
    {
        (LlamaModel model, EngineInfo info) = ModelOf(asked.Model.Path);
        int planes = info.Capabilities.Rollback == RollbackSupport.None ? 1 : asked.Planes;
        LlamaContextSizes sizes = Sizes(asked.Slots, planes, asked.MaxBatchTokens, asked.MaxPositions);
        (LlamaContext context, Action release) = _contexts.Take(model, sizes);
        return new LlamaModelEngine(info, options.Fault?.Plant(context) ?? context, sizes, release);
    }

    private static LlamaContextSizes Sizes(int slots, int planes, int batchTokens, int positions) =>
        new(slots, planes, batchTokens, (positions + Padding - 1) / Padding * Padding);

    private (LlamaModel Model, EngineInfo Info) ModelOf(string path)
    {
        if (_models.TryGetValue(path, out (LlamaModel, EngineInfo) known)) return known;
        var model = new LlamaModel(library, options, path);
        return _models[path] = (model, Describe(model));
    }

    // Whether states can be taken back is asked of a small context.
    private EngineInfo Describe(LlamaModel model)
    {
        using var context = new LlamaContext(model, Sizes(slots: 1, planes: 2, batchTokens: 1, positions: 1));
        return new EngineInfo(Name, model.Vocabulary)
        {
            Capabilities = new EngineCapabilities
            {
                Rollback = context.Snapshots > 0 ? RollbackSupport.OncePerBatch : RollbackSupport.None,
            },
        };
    }
}
