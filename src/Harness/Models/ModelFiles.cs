using System.Collections.Concurrent;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>Models as files, for engines that read them themselves.</summary>
internal static class ModelFiles
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new();

    private const string FolderPrefix = "gdn-models-", LockName = ".lock";

    private static readonly Lazy<DirectoryInfo> Folder = new(() =>
    {
        RemoveLeft();
        DirectoryInfo folder = Directory.CreateTempSubdirectory(FolderPrefix);
        var inUse = new FileStream(Path.Combine(folder.FullName, LockName), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            inUse.Dispose();
            Delete(folder);
        };
        return folder;
    });

    /// <summary>
    /// The model's own file; one made on the spot is written to a temporary file, which goes when this process ends.
    /// </summary>
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

    private static string PathFor(string name) => Path.Combine(Folder.Value.FullName, $"{name}.gguf");

    // What runs that were killed have left: nobody holds its lock.
    private static void RemoveLeft()
    {
        foreach (DirectoryInfo left in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(FolderPrefix + "*"))
        {
            try
            {
                new FileStream(Path.Combine(left.FullName, LockName), FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
                Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, about to be, or another user's.
            }
        }
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
