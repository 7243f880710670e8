using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Gdn.Reference.Gguf.Quantization;

namespace Gdn.Reference.Gguf;

/// <summary>Collects metadata and tensors and writes them as one file, little endian.</summary>
public sealed class GgufWriter
{
    private readonly uint _alignment;
    private readonly int _version;
    private readonly OrderedDictionary<string, GgufValue> _metadata = [];
    private readonly OrderedDictionary<string, (GgmlType Type, long[] Dimensions, ReadOnlyMemory<byte> Bytes)> _tensors = [];

    /// <summary>Makes an empty file.</summary>
    /// <param name="alignment">Of each tensor's bytes: a power of two. One other than 32 is noted in the metadata.</param>
    /// <param name="version">2 or 3.</param>
    public GgufWriter(uint alignment = GgufHeader.DefaultAlignment, int version = 3)
    {
        if (!BitOperations.IsPow2(alignment))
            throw new ArgumentException($"{alignment} is not a power of two.", nameof(alignment));
        if (version is not (2 or 3)) throw new ArgumentException($"Version {version} cannot be written.", nameof(version));
        _alignment = alignment;
        _version = version;
        if (alignment != GgufHeader.DefaultAlignment) Add(GgufHeader.AlignmentKey, alignment);
    }

    /// <summary>Adds a metadata value.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, GgufValue value) => _metadata.Add(key, value);

    /// <summary>Adds an F32 tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">Sizes, the contiguous one first.</param>
    /// <param name="values">The elements.</param>
    public void Add(string name, ReadOnlySpan<long> dimensions, ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        Add(name, dimensions, GgmlType.F32, bytes);
    }

    /// <summary>Adds a tensor in Q8_0.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">Sizes, the contiguous one, a multiple of 32, first.</param>
    /// <param name="values">The elements.</param>
    public void AddQ80(string name, ReadOnlySpan<long> dimensions, ReadOnlySpan<float> values) =>
        Add(name, dimensions, GgmlType.Q80, Q80.Quantize(values));

    /// <summary>Adds a tensor of any type, as the bytes that go into the file.</summary>
    /// <exception cref="ArgumentException">The bytes do not fit type and sizes, or the name is there already.</exception>
    public void Add(string name, ReadOnlySpan<long> dimensions, GgmlType type, ReadOnlyMemory<byte> bytes)
    {
        GgmlTypeInfo info = GgmlTypes.Find(type)
            ?? throw new ArgumentException($"{name}: the layout of type {(uint)type} is not known.", nameof(type));
        long expected = dimensions[0] / info.BlockElements * info.BlockBytes;
        foreach (long size in dimensions[1..]) expected *= size;
        if (bytes.Length != expected || dimensions[0] % info.BlockElements != 0)
            throw new ArgumentException(
                $"{name}: {bytes.Length} bytes are not {info.Name} of sizes [{string.Join(", ", dimensions.ToArray())}].");
        _tensors.Add(name, (type, dimensions.ToArray(), bytes));
    }

    /// <summary>Writes the file under another name first, so that the path never shows half a file.</summary>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the file to a stream.</summary>
    public void Write(Stream stream)
    {
        using var header = new MemoryStream();
        using (var writer = new BinaryWriter(header, Encoding.UTF8, leaveOpen: true)) WriteHeader(writer);
        Pad(header);
        header.WriteTo(stream);

        foreach ((_, _, ReadOnlyMemory<byte> bytes) in _tensors.Values)
        {
            stream.Write(bytes.Span);
            stream.Write(new byte[Aligned(bytes.Length) - bytes.Length]);
        }
    }

    private long Aligned(long position) => GgufHeader.Align(position, _alignment);

    private void Pad(MemoryStream header) => header.SetLength(Aligned(header.Length));

    private void WriteHeader(BinaryWriter writer)
    {
        writer.Write(GgufHeader.Magic);
        writer.Write(_version);
        writer.Write((long)_tensors.Count);
        writer.Write((long)_metadata.Count);

        foreach ((string key, GgufValue value) in _metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, value);
        }

        long offset = 0;
        foreach ((string name, (GgmlType type, long[] dimensions, ReadOnlyMemory<byte> bytes)) in _tensors)
        {
            WriteText(writer, name);
            writer.Write(dimensions.Length);
            foreach (long size in dimensions) writer.Write(size);
            writer.Write((int)type);
            writer.Write(offset);
            offset += Aligned(bytes.Length);
        }
    }

    private static void WriteValue(BinaryWriter writer, GgufValue value)
    {
        if (!value.IsArray)
        {
            writer.Write((int)value.Type);
            WriteScalar(writer, value.Value);
            return;
        }

        var elements = (Array)value.Value;
        writer.Write((int)GgufValueType.Array);
        writer.Write((int)value.Type);
        writer.Write((long)elements.Length);
        foreach (object element in elements) WriteScalar(writer, element);
    }

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            default: WriteText(writer, (string)value); break;
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }
}
