using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Reference.Engines;

/// <summary>
/// A model as an engine is given it: its sizes, and its file or its weights, whichever the engine needs. Neither is made
/// before it is needed. Thread-safe.
/// </summary>
/// <param name="name">Name in messages.</param>
/// <param name="config">Sizes.</param>
/// <param name="path">Makes the path of a GGUF file; null for a model that has none.</param>
/// <param name="weights">Reads the weights.</param>
public sealed class EngineModel(string name, ModelConfig config, Func<string>? path, Func<ModelWeights<float>> weights)
{
    private readonly Lazy<string>? _path = path is null ? null : new Lazy<string>(path);
    private readonly Lazy<ModelWeights<float>> _weights = new(weights);

    /// <summary>Name in messages.</summary>
    public string Name => name;

    /// <summary>Sizes.</summary>
    public ModelConfig Config => config;

    /// <summary>Path of a GGUF file with the model.</summary>
    /// <exception cref="InputException">The model has no file: it is part of another.</exception>
    public string Path => _path?.Value
        ?? throw new InputException($"model '{name}'", "it has no file", "give the engine the weights in memory, or a whole model");

    /// <summary>The weights, dequantized when they are first needed.</summary>
    public ModelWeights<float> Weights => _weights.Value;

    /// <summary>Draft (MTP) layers of a model that is to be drafted.</summary>
    /// <exception cref="InputException">It has none.</exception>
    public IReadOnlyList<DraftLayerWeights<float>> RequireDraftLayers() => Weights.DraftLayers is { Count: > 0 } layers
        ? layers
        : throw new InputException($"model '{name}'", "it has no draft (MTP) layer", "use one that has, or drafts that need none");

    /// <summary>A model from a file; its sizes are read now, its weights on demand.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static EngineModel Open(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        ModelConfig config = ModelLoader.ReadConfig(file);
        string first = file.Name;
        return new EngineModel(path, config, () => first, () =>
        {
            using GgufFile again = GgufFile.Open(path);
            return ModelLoader.ReadWeights<float>(again, config);
        });
    }
}
