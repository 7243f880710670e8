namespace Gdn.Reference;

/// <summary>
/// Files that are there whole or not at all: written beside their place, flushed to the disk, and then renamed. What was there
/// before stays until then. What runs that were killed have left beside is removed when the next file is written there.
/// </summary>
public static class AtomicFile
{
    private const string Suffix = ".gdn-tmp";

    private const int MostNames = 100_000;

    private const int MostAttempts = 100;

    // Not files that could be replaced.
    private static readonly string[] Devices = ["/dev/", "/proc/self/fd/"];

    /// <summary>Whether a path names a device, such as standard output, and no file.</summary>
    public static bool IsDevice(string path) => Devices.Any(device => path.StartsWith(device, StringComparison.Ordinal));

    /// <summary>Writes a file, or replaces it.</summary>
    /// <param name="path">Its path; of a link, what it leads to is replaced. A device is written to as it is.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It cannot be written; what was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string place = IsDevice(path) || new FileInfo(path).LinkTarget is null
            ? path
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        if (IsDevice(place))
        {
            using var device = new FileStream(place, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            write(device);
            return;
        }

        place = Path.GetFullPath(place);
        WriteBeside(place, write, temporary =>
        {
            if (!OperatingSystem.IsWindows() && File.Exists(place)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(place));
            File.Move(temporary, place, overwrite: true);
        });
    }

    /// <summary>Writes a text file, or replaces it.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, string text) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(text);
    });

    /// <summary>
    /// Writes a text file under a name that nobody has: several runs may write into one folder. One that has the same content
    /// already is left as it is.
    /// </summary>
    /// <param name="path">Its path; where there is a file, a number is added to the name.</param>
    /// <param name="text">The content.</param>
    /// <returns>The path that it has.</returns>
    public static string Add(string path, string text)
    {
        string place = Path.GetFullPath(path), folder = Path.GetDirectoryName(path) ?? "";
        string name = Path.GetFileNameWithoutExtension(path), extension = Path.GetExtension(path);
        string taken = path;
        WriteBeside(
            place,
            stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                writer.Write(text);
            },
            temporary =>
            {
                for (int n = 2; !TryMove(temporary, taken, text); n++)
                {
                    if (n > MostNames) throw new IOException($"{MostNames} files of that name are there");
                    taken = Path.Combine(folder, $"{name}-{n}{extension}");
                }
            });
        return taken;
    }

    /// <summary>Tries whether files could be written into a folder, and removes what runs that were killed have left there.</summary>
    /// <exception cref="IOException">They could not.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Try(string folder)
    {
        Sweep(folder);
        using FileStream stream = CreateTemporary(folder);
        File.Delete(stream.Name);
    }

    private static void Sweep(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (string left in Directory.EnumerateFiles(folder, $".*{Suffix}"))
        {
            try
            {
                // A run that still writes it has it open, and locked.
                using (new FileStream(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) File.Delete(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody's who is still at it, or whom this user may not touch.
            }
        }
    }

    // Between its creation and its lock, somebody's sweep can take a file for one that was left: then it is gone, or locked.
    private static FileStream CreateTemporary(string folder)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = Path.Combine(folder, $".{Guid.NewGuid():N}{Suffix}");
            try
            {
                var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
                if (File.Exists(path)) return stream;
                stream.Dispose();
            }
            catch (IOException) when (attempt < MostAttempts)
            {
            }
        }
    }

    private static void WriteBeside(string place, Action<Stream> write, Action<string> rename)
    {
        string folder = Path.GetDirectoryName(place)!;
        Sweep(folder);
        // Open, and so locked, until it has its name.
        using FileStream stream = CreateTemporary(folder);
        try
        {
            write(stream);
            stream.Flush(flushToDisk: true);
            rename(stream.Name);
        }
        finally
        {
            File.Delete(stream.Name);
        }
    }

    private static bool TryMove(string temporary, string place, string text)
    {
        try
        {
            ExclusiveRename.Move(temporary, place);
            return true;
        }
        catch (IOException) when (File.Exists(place))
        {
            return HasText(place, text);
        }
    }

    private static bool HasText(string path, string text)
    {
        try
        {
            return File.ReadAllText(path) == text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
