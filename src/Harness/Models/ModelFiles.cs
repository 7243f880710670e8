using System.Collections.Concurrent;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>Models as files, for engines that read them themselves.</summary>
internal static class ModelFiles
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new();

    /// <summary>The model's own file; one made on the spot is written to a temporary file (<see cref="TemporaryFolder"/>).</summary>
    public static string PathOf(LoadedModel model) =>
        model.Name.StartsWith(LoadedModel.SyntheticPrefix, StringComparison.Ordinal)
            ? Made.GetOrAdd(model.Sha256, _ => new Lazy<string>(() => Write(model))).Value
            : Path.GetFullPath(model.FilePath);

    /// <summary>A temporary file with the first layers of a model.</summary>
    public static string PathOf(LoadedModel model, int layers) => Made.GetOrAdd(
        FormattableString.Invariant($"{model.Sha256}-{layers}"),
        name => new Lazy<string>(() => Write(model, layers, name))).Value;

    private static string Write(LoadedModel model)
    {
        string path = PathFor(model.Sha256);
        File.WriteAllBytes(path, LoadedModel.MakeSynthetic(model.Name));
        return path;
    }

    private static string Write(LoadedModel model, int layers, string name)
    {
        string path = PathFor(name);
        using GgufFile whole = GgufFile.Open(PathOf(model));
        FirstLayers.Of(whole, layers).Write(path);
        return path;
    }

    private static string PathFor(string name) => TemporaryFolder.PathOf($"{name}.gguf");
}
