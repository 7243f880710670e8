namespace Gdn.Reference;

/// <summary>Files that a user names for reading. Devices and pipes have no length, and may block, or never end: only plain files pass.</summary>
public static class PlainFile
{
    /// <summary>The file's length, which is not 0.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="kind">What it should be, with its article, for example <c>a GGUF file</c>.</param>
    /// <exception cref="InputException">It is a folder, a device, empty, or cannot be looked at.</exception>
    public static long LengthOf(string path, string kind)
    {
        try
        {
            if (Directory.Exists(path)) throw Unusable(path, "it is a folder", kind);
            long length = new FileInfo(path).Length;
            return length > 0 ? length : throw Unusable(path, "it is empty, or no plain file", kind);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Unreadable(path, kind, e);
        }
    }

    /// <summary>The error of a file that cannot be read.</summary>
    public static InputException Unreadable(string path, string kind, Exception e) =>
        Unusable(path, $"it cannot be read ({e.Message})", kind, e);

    private static InputException Unusable(string path, string problem, string kind, Exception? inner = null) =>
        new($"'{path}'", problem, $"give the path of {kind}", inner);
}
