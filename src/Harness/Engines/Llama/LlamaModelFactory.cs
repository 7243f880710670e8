using System.Numerics;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Engines.Llama;

/// <summary>Engines of a libllama.</summary>
/// <param name="library">The library.</param>
/// <param name="options">How it is run.</param>
internal sealed class LlamaModelFactory(LlamaLibrary library, LlamaOptions options) : IEngineFactory
{
    // ggml pads the context of every sequence to this.
    private const int Padding = 256;

    // A depth beyond this is no limit worth naming.
    private const int DeepestAsked = 64;

    // The library keeps the last tokens of a sequence in one pass, and aborts where nothing else would go into it.
    private int MostPlanes => options.Ubatch - 1;

    private readonly Dictionary<string, (LlamaModel Model, EngineInfo Info)> _models = [];
    private readonly LlamaContexts _contexts = new();

    /// <inheritdoc/>
    public string Name => $"llama:{options.Folder}";

    /// <inheritdoc/>
    public bool ReadsModelFile => true;

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions asked)
    {
        (LlamaModel model, EngineInfo info) = ModelOf(asked.Model);
        int planes = info.Capabilities.Rollback == RollbackSupport.None ? 1 : Math.Min(Rounded(asked.Planes), MostPlanes);
        LlamaContextSizes sizes = Sizes(asked.Slots, planes, asked.MaxBatchTokens, asked.MaxPositions);
        (LlamaContext context, Action release) = _contexts.Take(model, sizes);
        return new LlamaModelEngine(info, options.Fault?.Plant(context) ?? context, sizes, release);
    }

    // Fewer different contexts are used again more often: n_rs_seq is a power of two.
    private static int Rounded(int planes) => planes == 1 ? 1 : 1 + (int)BitOperations.RoundUpToPowerOf2((uint)planes - 1);

    private static LlamaContextSizes Sizes(int slots, int planes, int batchTokens, int positions) =>
        new(slots, planes, batchTokens, (positions + Padding - 1) / Padding * Padding);

    private (LlamaModel Model, EngineInfo Info) ModelOf(EngineModel asked)
    {
        if (_models.TryGetValue(asked.Path, out (LlamaModel, EngineInfo) known)) return known;
        if (asked.Config.RecurrentLayers.All(isRecurrent => isRecurrent))
            throw new InputException(
                $"model '{asked.Name}'", "it has no attention layer, and libllama ends the process on such a model",
                "use one that has both kinds of layers");
        var model = new LlamaModel(library, options, asked.Path);
        return _models[asked.Path] = (model, Describe(model));
    }

    // Everything in single precision, computed by a CPU as the reference has it.
    private bool IsSinglePrecision(LlamaModel model)
    {
        if (!library.NormalisesAsTrained || !(options.IsSinglePrecision && (options.GpuLayers == 0 || library.IsCpuOnly))) return false;
        using GgufFile file = GgufFile.Open(model.Path);
        return file.Tensors.Values.All(tensor => tensor.Type == GgmlType.F32);
    }

    private EngineInfo Describe(LlamaModel model) => new(Name, model.Vocabulary)
    {
        Settings = $"{options}; {library.Description}",
        Capabilities = new EngineCapabilities
        {
            Rollback = RollbackOf(model),
            RollbackDepth = MostPlanes < DeepestAsked ? Math.Max(0, MostPlanes - 1) : int.MaxValue,
            RefusesDeeperRollbacks = true,
            DeclaresArithmetic = IsSinglePrecision(model),
        },
    };

    // How often states can be taken back is for a small context to show: some models refuse, some do it once after a batch.
    private RollbackSupport RollbackOf(LlamaModel model)
    {
        BatchToken[] batch = [new(0, 0, 0, false), new(0, 0, 1, false), new(0, 0, 2, true)];
        if (MostPlanes < batch.Length) return RollbackSupport.None;
        using var context = new LlamaContext(model, Sizes(slots: 1, planes: batch.Length, Padding, Padding));
        return context.Decode(batch) != 0 || !context.Remove(0, 2) ? RollbackSupport.None
            : context.Remove(0, 1) ? RollbackSupport.Repeated
            : RollbackSupport.OncePerBatch;
    }
}
