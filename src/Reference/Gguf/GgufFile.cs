namespace Gdn.Reference.Gguf;

/// <summary>
/// A model file: metadata, and tensors that are read, and dequantized, when asked for. Versions 2 and 3, little endian.
/// </summary>
/// <remarks>
/// Every defect that the header can show is reported when the file is opened, as an <see cref="InputException"/>; what
/// opening takes in memory is bounded by a small multiple of the header's size. A file that is cut while it is open is an
/// <see cref="InputException"/> too.
/// </remarks>
public sealed class GgufFile : IDisposable
{
    // Bytes that are dequantized at a time.
    private const int ChunkBytes = 1 << 16;

    private readonly IByteSource _source;
    private readonly Dictionary<string, float> _magnitudes = [];

    private GgufFile(IReadOnlyList<string> paths, IByteSource source, GgufHeader header)
    {
        Paths = paths;
        _source = source;
        Version = header.Version;
        Metadata = header.Metadata;
        Tensors = header.Tensors;
    }

    /// <summary>The path, or the name given to <see cref="Parse"/>; of a model in parts, that of the first.</summary>
    public string Name => Paths[0];

    /// <summary>The file, or the parts that <c>gguf-split</c> made of it, in order.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>2 or 3.</summary>
    public int Version { get; }

    /// <summary>Bytes of the whole file, all parts together.</summary>
    public long Length => _source.Length;

    /// <summary>Values by key, in file order.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>Tensors by name, in file order.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors { get; }

    /// <summary>Opens a file and reads its header; of a model in parts, any part opens all, which lie side by side.</summary>
    /// <exception cref="InputException">It cannot be read or is not a sound GGUF file, or a part is missing.</exception>
    public static GgufFile Open(string path) => GgufParts.Complete(OpenAlone(path), OpenAlone);

    /// <summary>Reads the header of a file that is in memory; a part stays one.</summary>
    /// <param name="name">Name of the file, for errors.</param>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="InputException">It is not a sound GGUF file.</exception>
    public static GgufFile Parse(string name, ReadOnlyMemory<byte> bytes) => Open(name, new MemoryBytes(bytes));

    /// <summary>A tensor that must be there.</summary>
    /// <exception cref="InputException">It is missing.</exception>
    public GgufTensor GetTensor(string name) => Tensors.TryGetValue(name, out GgufTensor? tensor)
        ? tensor
        : throw new InputException(
            Where(name), "is missing", "the file is not a complete model of its architecture: use one that is");

    /// <summary>A tensor's elements, dequantized bit for bit as ggml does it.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="values">Receives all elements, in the order of the file.</param>
    /// <exception cref="InputException">The type cannot be read.</exception>
    public void Read(GgufTensor tensor, Span<float> values)
    {
        if (values.Length != tensor.ElementCount)
            throw new ArgumentException($"{tensor.Name} has {tensor.ElementCount} elements, not {values.Length}.");
        GgmlTypeInfo info = Readable(tensor);
        byte[] buffer = ChunkOf(tensor, info);
        for (long read = 0; read < tensor.ByteLength; read += buffer.Length)
        {
            ReadOnlySpan<byte> blocks = ReadChunk(tensor, read, buffer);
            int elements = blocks.Length / info.BlockBytes * info.BlockElements;
            info.Dequantize!(blocks, values[..elements]);
            values = values[elements..];
        }
    }

    /// <summary>A tensor's elements, dequantized, in an array of their own.</summary>
    /// <exception cref="InputException">The type cannot be read.</exception>
    public float[] Read(GgufTensor tensor)
    {
        RequireArray(tensor, tensor.ElementCount);
        var values = new float[tensor.ElementCount];
        Read(tensor, values);
        return values;
    }

    /// <summary>The largest absolute value of a tensor's elements; NaN or infinite if one of them is.</summary>
    /// <exception cref="InputException">The type cannot be read.</exception>
    public float MagnitudeOf(GgufTensor tensor)
    {
        if (_magnitudes.TryGetValue(tensor.Name, out float known)) return known;
        GgmlTypeInfo info = Readable(tensor);
        byte[] buffer = ChunkOf(tensor, info);
        var values = new float[buffer.Length / info.BlockBytes * info.BlockElements];
        float largest = 0;
        for (long read = 0; read < tensor.ByteLength; read += buffer.Length)
        {
            ReadOnlySpan<byte> blocks = ReadChunk(tensor, read, buffer);
            Span<float> chunk = values.AsSpan(0, blocks.Length / info.BlockBytes * info.BlockElements);
            info.Dequantize!(blocks, chunk);
            largest = MathF.Max(largest, Magnitude.Of(chunk));
        }

        return _magnitudes[tensor.Name] = largest;
    }

    /// <summary>A tensor's bytes as they are in the file.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="bytes">Receives all of them.</param>
    public void ReadBytes(GgufTensor tensor, Span<byte> bytes)
    {
        if (bytes.Length != tensor.ByteLength)
            throw new ArgumentException($"{tensor.Name} has {tensor.ByteLength} bytes, not {bytes.Length}.");
        _source.Read(tensor.Offset, bytes);
    }

    /// <summary>A tensor's blocks as they are in the file, to be dequantized later.</summary>
    /// <exception cref="InputException">The type cannot be read.</exception>
    public QuantizedRows ReadQuantized(GgufTensor tensor)
    {
        Readable(tensor);
        RequireArray(tensor, tensor.ElementCount);
        RequireArray(tensor, tensor.ByteLength);
        var bytes = new byte[tensor.ByteLength];
        ReadBytes(tensor, bytes);
        return new QuantizedRows(tensor.Type, bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>One file of several, whose tensors are all in it.</summary>
    /// <param name="parts">The files; they belong to the result.</param>
    /// <param name="metadata">The metadata of the whole.</param>
    internal static GgufFile Join(IReadOnlyList<GgufFile> parts, GgufMetadata metadata)
    {
        var tensors = new OrderedDictionary<string, GgufTensor>();
        long start = 0;
        foreach (GgufFile part in parts)
        {
            foreach (GgufTensor tensor in part.Tensors.Values)
                tensors.Add(tensor.Name, tensor with { Offset = start + tensor.Offset });
            start += part.Length;
        }

        return new GgufFile(
            [.. parts.Select(part => part.Name)], new JoinedBytes([.. parts.Select(part => part._source)]),
            new GgufHeader(parts[0].Version, metadata, tensors));
    }

    private static GgufFile OpenAlone(string path)
    {
        const string kind = "a GGUF file";
        PlainFile.LengthOf(path, kind);
        try
        {
            return Open(path, new FileBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PlainFile.Unreadable(path, kind, e);
        }
    }

    private static GgufFile Open(string name, IByteSource source)
    {
        try
        {
            return new GgufFile([name], source, GgufHeader.Read(name, source));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    // The layout of a type that can be dequantized.
    private GgmlTypeInfo Readable(GgufTensor tensor)
    {
        GgmlTypeInfo? info = GgmlTypes.Find(tensor.Type);
        return info?.Dequantize is not null ? info : throw GgmlTypes.Unsupported(Where(tensor.Name), tensor.Type);
    }

    private static byte[] ChunkOf(GgufTensor tensor, GgmlTypeInfo info) =>
        new byte[(int)long.Min(ChunkBytes / info.BlockBytes * info.BlockBytes, tensor.ByteLength)];

    // The tensor's bytes from one of them on, as many as the buffer holds.
    private ReadOnlySpan<byte> ReadChunk(GgufTensor tensor, long from, byte[] buffer)
    {
        Span<byte> chunk = buffer.AsSpan(0, (int)long.Min(buffer.Length, tensor.ByteLength - from));
        _source.Read(tensor.Offset + from, chunk);
        return chunk;
    }

    private void RequireArray(GgufTensor tensor, long length)
    {
        if (length > Array.MaxLength)
            throw new InputException(
                Where(tensor.Name), $"its {length} elements or bytes are more than the {Array.MaxLength} that can be held", "use a smaller model");
    }

    private string Where(string tensor) => $"{Name}: tensor '{tensor}'";
}
