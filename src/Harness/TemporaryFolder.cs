namespace Gdn.Harness;

/// <summary>
/// The folder of this process's temporary files. It goes when the process ends; that of one that was killed goes when a later one
/// makes its own.
/// </summary>
internal static class TemporaryFolder
{
    private const string Prefix = "gdn-harness-", LockName = ".lock";

    // Of a folder without a lock, whose process may be about to make it.
    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);

    private static readonly Lazy<DirectoryInfo> Own = new(() =>
    {
        RemoveLeft(Path.GetTempPath());
        DirectoryInfo folder = Directory.CreateTempSubdirectory(Prefix);
        var inUse = new FileStream(Path.Combine(folder.FullName, LockName), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            inUse.Dispose();
            Delete(folder);
        };
        return folder;
    });

    /// <summary>Path of a file in it.</summary>
    public static string PathOf(string name) => Path.Combine(Own.Value.FullName, name);

    /// <summary>Removes what processes that were killed have left: nobody holds its lock.</summary>
    /// <param name="parent">Where it lies.</param>
    internal static void RemoveLeft(string parent)
    {
        foreach (DirectoryInfo left in new DirectoryInfo(parent).EnumerateDirectories(Prefix + "*"))
        {
            try
            {
                if (IsAbandoned(left)) Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or another user's.
            }
        }
    }

    private static bool IsAbandoned(DirectoryInfo folder)
    {
        string path = Path.Combine(folder.FullName, LockName);
        if (!File.Exists(path)) return DateTime.UtcNow - folder.LastWriteTimeUtc > LeastAge;
        new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
        return true;
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
