namespace Gdn.Reference.Gguf;

/// <summary>Bytes that can be read at any place; more than an array can hold.</summary>
internal interface IByteSource : IDisposable
{
    /// <summary>Number of bytes.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on; the caller keeps to the length.</summary>
    void Read(long offset, Span<byte> destination);
}
