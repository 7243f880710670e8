using Microsoft.Win32.SafeHandles;

namespace Gdn.Reference.Gguf;

/// <summary>A file that is read piece by piece.</summary>
/// <remarks>It is not mapped: one that is cut while it is mapped ends the whole process.</remarks>
internal sealed class FileBytes : IByteSource
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    public FileBytes(string path)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>When it was opened.</summary>
    public long Length { get; }

    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = ReadSome(offset, destination);
            if (read == 0)
                throw Unreadable($"it ends at byte {offset}, and had {Length} bytes when it was opened");
            offset += read;
            destination = destination[read..];
        }
    }

    public void Dispose() => _handle.Dispose();

    private int ReadSome(long offset, Span<byte> destination)
    {
        try
        {
            return RandomAccess.Read(_handle, destination, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"it cannot be read at byte {offset} ({e.Message})", e);
        }
    }

    private InputException Unreadable(string problem, Exception? inner = null) =>
        new(_path, problem, "leave it as it is while it is read, or download it again", inner);
}
