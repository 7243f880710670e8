using System.Text;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>Writes a file's bytes field by field, right or wrong.</summary>
internal sealed class RawGguf
{
    private readonly List<byte> _bytes = [];

    /// <summary>A version 3 header up to its counts.</summary>
    public static RawGguf Start(ulong tensors, ulong entries) => new RawGguf().Ascii("GGUF").U32(3).U64(tensors).U64(entries);

    public byte[] ToArray() => [.. _bytes];

    public RawGguf Bytes(params byte[] values)
    {
        _bytes.AddRange(values);
        return this;
    }

    public RawGguf Ascii(string text) => Bytes(Encoding.ASCII.GetBytes(text));

    public RawGguf U32(uint value) => Bytes(BitConverter.GetBytes(value));

    public RawGguf U64(ulong value) => Bytes(BitConverter.GetBytes(value));

    /// <summary>Length and UTF-8.</summary>
    public RawGguf Text(string text) => U64((ulong)Encoding.UTF8.GetByteCount(text)).Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Key and value of a U32 entry.</summary>
    public RawGguf Entry(string key, uint value) => Text(key).U32(4).U32(value);

    /// <summary>A tensor's entry.</summary>
    public RawGguf Tensor(string name, uint type, ulong offset, params ulong[] dimensions)
    {
        Text(name).U32((uint)dimensions.Length);
        foreach (ulong size in dimensions) U64(size);
        return U32(type).U64(offset);
    }

    /// <summary>Zeros up to a multiple of <paramref name="alignment"/>, then <paramref name="length"/> more.</summary>
    public RawGguf Data(int length, int alignment = 32)
    {
        int padding = (alignment - _bytes.Count % alignment) % alignment;
        return Bytes(new byte[padding + length]);
    }
}
