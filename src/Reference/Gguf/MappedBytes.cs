using System.IO.MemoryMappedFiles;

namespace Gdn.Reference.Gguf;

/// <summary>A memory-mapped file: only the pages that are read are loaded.</summary>
internal sealed class MappedBytes : IByteSource
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public MappedBytes(string path)
    {
        // The stream goes first: its length is the file's, whereas a view may be rounded up to whole pages.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Length = stream.Length;
        _file = MemoryMappedFile.CreateFromFile(
            stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> destination) =>
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, destination);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
