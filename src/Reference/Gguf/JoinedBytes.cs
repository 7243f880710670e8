namespace Gdn.Reference.Gguf;

/// <summary>The bytes of several sources, one after the other. What is read at a time lies within one of them.</summary>
internal sealed class JoinedBytes(IReadOnlyList<IByteSource> parts) : IByteSource
{
    public long Length => parts.Sum(part => part.Length);

    public void Read(long offset, Span<byte> destination)
    {
        int i = 0;
        for (; offset >= parts[i].Length; i++) offset -= parts[i].Length;
        parts[i].Read(offset, destination);
    }

    public void Dispose()
    {
        foreach (IByteSource part in parts) part.Dispose();
    }
}
