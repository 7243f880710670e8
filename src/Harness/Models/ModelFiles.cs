using System.Collections.Concurrent;

namespace Gdn.Harness.Models;

/// <summary>Models as files, for engines that read them themselves.</summary>
internal static class ModelFiles
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new();

    private static readonly Lazy<DirectoryInfo> Folder = new(() =>
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gdn-models-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(folder);
        return folder;
    });

    /// <summary>
    /// The model's own file; one made on the spot is written to a temporary file, which goes when this process ends.
    /// </summary>
    public static string PathOf(LoadedModel model) =>
        model.Name.StartsWith(LoadedModel.SyntheticPrefix, StringComparison.Ordinal)
            ? Made.GetOrAdd(model.Sha256, _ => new Lazy<string>(() => Write(model))).Value
            : Path.GetFullPath(ShippedModel.PathOf(model.Name));

    private static string Write(LoadedModel model)
    {
        string path = Path.Combine(Folder.Value.FullName, $"{model.Sha256}.gguf");
        File.WriteAllBytes(path, LoadedModel.MakeSynthetic(model.Name));
        return path;
    }

    private static void Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Still open elsewhere; the system cleans temporary files up.
        }
    }
}
