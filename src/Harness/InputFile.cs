using Gdn.Reference;

namespace Gdn.Harness;

/// <summary>Small files that a user names: read whole, up to a bound, and only where there is a plain file.</summary>
internal static class InputFile
{
    /// <summary>A file's bytes.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="kind">What it should be, with its article, for example <c>a replay file</c>.</param>
    /// <param name="maxBytes">The most that is read.</param>
    /// <exception cref="InputException">It cannot be read, is empty, too long, or no plain file.</exception>
    public static byte[] ReadBytes(string path, string kind, int maxBytes)
    {
        long length = PlainFile.LengthOf(path, kind);
        if (length > maxBytes)
            throw new InputException($"'{path}'", $"it has {length} bytes", $"{kind} has at most {maxBytes >> 20} MiB");
        try
        {
            using FileStream stream = File.OpenRead(path);
            var bytes = new byte[length];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..read];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PlainFile.Unreadable(path, kind, e);
        }
    }

    /// <summary>A file's text.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static string ReadText(string path, string kind, int maxBytes)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, kind, maxBytes)));
        return reader.ReadToEnd();
    }
}
