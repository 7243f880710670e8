using Gdn.Reference;

namespace Gdn.Harness;

/// <summary>Paths that are written at the end of long work: tried before it, and no reason to lose the work if they fail then.</summary>
internal static class OutputPath
{
    /// <summary>
    /// Tries whether a file could be written, and leaves everything as it was, but for what killed runs have left beside it.
    /// </summary>
    /// <exception cref="InputException">It could not.</exception>
    public static void TryFile(string path) => Try(path, () => Probe(path));

    /// <summary>Tries whether files could be written into a folder, which need not exist yet, and leaves everything as it was.</summary>
    /// <exception cref="InputException">They could not.</exception>
    public static void TryFolder(string path) => Try(path, () =>
    {
        string existing = Path.GetFullPath(path);
        while (!Path.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
        if (!Directory.Exists(existing)) throw new IOException($"'{existing}' is a file");
        AtomicFile.Try(existing);
    });

    /// <summary>Writes something; in one line why it could not be written, or null.</summary>
    /// <param name="path">What is written.</param>
    /// <param name="write">Writes it.</param>
    public static string? Write(string path, Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            return $"{path}: it could not be written ({OneLine(e)})";
        }
    }

    private static void Probe(string path)
    {
        if (Directory.Exists(path)) throw new IOException("it is a folder");
        if (AtomicFile.IsDevice(path)) return;
        if (File.Exists(path)) ProbeExisting(path);
        AtomicFile.Try(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    // A pipe, opened for reading too, does not block, and has no length that could be set.
    private static void ProbeExisting(string path)
    {
        bool isEmpty = new FileInfo(path).Length == 0;
        using var existing = new FileStream(
            path, FileMode.Open, isEmpty ? FileAccess.ReadWrite : FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (isEmpty) existing.SetLength(0);
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException or IOException)
        {
            throw new IOException("it is no plain file", e);
        }
    }

    private static void Try(string path, Action probe)
    {
        try
        {
            probe();
        }
        catch (Exception e) when (IsOfFiles(e) || e is ArgumentException)
        {
            throw new InputException(
                $"'{path}'", $"it cannot be written ({OneLine(e)})", "name a path where files can be written", e);
        }
    }

    private static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException;

    private static string OneLine(Exception e) => OutsideText.OneLine(e.Message.ReplaceLineEndings(" ").TrimEnd('.'));
}
