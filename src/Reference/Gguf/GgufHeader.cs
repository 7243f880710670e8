using System.Numerics;

namespace Gdn.Reference.Gguf;

/// <summary>Everything before a file's data.</summary>
/// <remarks>
/// Format: <c>ggml/docs/gguf.md</c>. Versions 2 and 3 have the same layout; version 1 had 32-bit counts.
/// </remarks>
/// <param name="Version">2 or 3.</param>
/// <param name="Metadata">Values by key, in file order.</param>
/// <param name="Tensors">
/// Tensors by name, in file order; each lies wholly within the file, aligned, on bytes of its own. One of unknown type takes
/// all bytes up to the next.
/// </param>
internal sealed record GgufHeader(
    int Version, GgufMetadata Metadata, OrderedDictionary<string, GgufTensor> Tensors)
{
    public const string AlignmentKey = "general.alignment";
    public const uint DefaultAlignment = 32;
    public const uint Magic = 0x46554747;

    // Of the models that are known none has a tenth of them.
    private const int MaxEntries = 1 << 16, MaxTensors = 1 << 18, MaxElements = 1 << 23;

    private const int MaxDimensions = 4;

    // Key length and one character, type, one byte of value; name length and one character, one dimension, type, offset.
    private const int MinEntryBytes = 8 + 1 + 4 + 1;
    private const int MinTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

    public static GgufHeader Read(string file, IByteSource source)
    {
        var cursor = new GgufCursor(file, source);
        if (source.Length < sizeof(uint) || cursor.Integer<uint>() != Magic)
            throw cursor.Error("does not start with 'GGUF'", "give a model in GGUF format");
        uint version = cursor.Integer<uint>();
        CheckVersion(cursor, version);
        ulong tensorCount = cursor.Integer<ulong>();
        ulong entryCount = cursor.Integer<ulong>();

        GgufMetadata metadata = ReadMetadata(file, cursor, entryCount);
        OrderedDictionary<string, GgufTensor> tensors = ReadTensors(cursor, tensorCount);
        Place(cursor, tensors, Alignment(cursor, metadata));
        return new GgufHeader((int)version, metadata, tensors);
    }

    /// <summary><paramref name="position"/>, rounded up to a multiple of <paramref name="alignment"/>.</summary>
    public static long Align(long position, uint alignment) => (position + alignment - 1) / alignment * alignment;

    private static void CheckVersion(GgufCursor cursor, uint version)
    {
        if (version is 2 or 3) return;
        throw (version & 0xFFFF) == 0
            ? cursor.Error("is big endian", "convert the model for a little-endian machine")
            : cursor.Error($"has version {version}", "convert the model with a current converter, which writes version 3");
    }

    private static GgufMetadata ReadMetadata(string file, GgufCursor cursor, ulong count)
    {
        var values = new OrderedDictionary<string, GgufValue>(cursor.Count(count, MinEntryBytes, "metadata entries", MaxEntries));
        for (ulong i = 0; i < count; i++)
        {
            cursor.Subject = $"metadata entry {i}";
            string key = cursor.Text();
            if (key.Length == 0) throw cursor.Error("has an empty key");
            cursor.Subject = $"key {GgufCursor.Quote(key)}";
            if (!values.TryAdd(key, ReadValue(cursor)))
                throw cursor.Error("occurs twice", "remove one of the two when converting");
        }

        return new GgufMetadata(file, values);
    }

    private static GgufValue ReadValue(GgufCursor cursor)
    {
        uint type = cursor.Integer<uint>();
        if ((GgufValueType)type != GgufValueType.Array) return new GgufValue(ReadScalar(cursor, (GgufValueType)type));

        uint elementType = cursor.Integer<uint>();
        ulong count = cursor.Integer<ulong>();
        return new GgufValue(ReadArray(cursor, (GgufValueType)elementType, count));
    }

    private static object ReadScalar(GgufCursor cursor, GgufValueType type) => type switch
    {
        GgufValueType.U8 => cursor.Integer<byte>(),
        GgufValueType.I8 => cursor.Integer<sbyte>(),
        GgufValueType.U16 => cursor.Integer<ushort>(),
        GgufValueType.I16 => cursor.Integer<short>(),
        GgufValueType.U32 => cursor.Integer<uint>(),
        GgufValueType.I32 => cursor.Integer<int>(),
        GgufValueType.U64 => cursor.Integer<ulong>(),
        GgufValueType.I64 => cursor.Integer<long>(),
        GgufValueType.F32 => cursor.Single(),
        GgufValueType.F64 => cursor.Double(),
        GgufValueType.Bool => cursor.Bool(),
        GgufValueType.Text => cursor.Text(),
        _ => throw cursor.Error($"has value type {(uint)type}, which does not exist"),
    };

    private static Array ReadArray(GgufCursor cursor, GgufValueType type, ulong count) => type switch
    {
        GgufValueType.U8 => Elements(cursor, count, sizeof(byte), cursor.Integer<byte>),
        GgufValueType.I8 => Elements(cursor, count, sizeof(sbyte), cursor.Integer<sbyte>),
        GgufValueType.U16 => Elements(cursor, count, sizeof(ushort), cursor.Integer<ushort>),
        GgufValueType.I16 => Elements(cursor, count, sizeof(short), cursor.Integer<short>),
        GgufValueType.U32 => Elements(cursor, count, sizeof(uint), cursor.Integer<uint>),
        GgufValueType.I32 => Elements(cursor, count, sizeof(int), cursor.Integer<int>),
        GgufValueType.U64 => Elements(cursor, count, sizeof(ulong), cursor.Integer<ulong>),
        GgufValueType.I64 => Elements(cursor, count, sizeof(long), cursor.Integer<long>),
        GgufValueType.F32 => Elements(cursor, count, sizeof(float), cursor.Single),
        GgufValueType.F64 => Elements(cursor, count, sizeof(double), cursor.Double),
        GgufValueType.Bool => Elements(cursor, count, sizeof(byte), cursor.Bool),
        GgufValueType.Text => Elements(cursor, count, sizeof(ulong), cursor.Text),
        GgufValueType.Array => throw cursor.Error(
            "is an array of arrays, which is not supported", "flatten it when converting"),
        _ => throw cursor.Error($"has elements of type {(uint)type}, which does not exist"),
    };

    private static T[] Elements<T>(GgufCursor cursor, ulong count, int minimumBytes, Func<T> read)
    {
        var elements = new T[cursor.Count(count, minimumBytes, "elements", MaxElements)];
        for (int i = 0; i < elements.Length; i++) elements[i] = read();
        return elements;
    }

    // Offsets are still those of the file: relative to the data.
    private static OrderedDictionary<string, GgufTensor> ReadTensors(GgufCursor cursor, ulong count)
    {
        cursor.Subject = "header";
        var tensors = new OrderedDictionary<string, GgufTensor>(cursor.Count(count, MinTensorBytes, "tensors", MaxTensors));
        for (ulong i = 0; i < count; i++)
        {
            cursor.Subject = $"tensor {i}";
            string name = cursor.Text();
            if (name.Length == 0) throw cursor.Error("has no name");
            cursor.Subject = $"tensor {GgufCursor.Quote(name)}";

            long[] dimensions = ReadDimensions(cursor);
            var type = (GgmlType)cursor.Integer<uint>();
            long byteLength = ByteLength(cursor, type, dimensions);
            ulong offset = cursor.Integer<ulong>();
            if (offset > (ulong)cursor.Length) throw OutOfFile(cursor, offset, byteLength);
            if (!tensors.TryAdd(name, new GgufTensor(name, type, dimensions, (long)offset, byteLength)))
                throw cursor.Error("occurs twice", "remove one of the two when converting");
        }

        return tensors;
    }

    private static long[] ReadDimensions(GgufCursor cursor)
    {
        uint count = cursor.Integer<uint>();
        if (count is 0 or > MaxDimensions)
            throw cursor.Error($"has {count} dimensions, allowed are 1 to {MaxDimensions}");

        var dimensions = new long[count];
        for (int d = 0; d < dimensions.Length; d++)
        {
            ulong size = cursor.Integer<ulong>();
            if (size is 0 or > long.MaxValue) throw cursor.Error($"has size {size} in dimension {d}");
            dimensions[d] = (long)size;
        }

        return dimensions;
    }

    // What the sizes say it takes; of an unknown type, what it takes at least. In 128 bits: three sizes of 63 bits would
    // overflow anything shorter, so the product stops at the file's length.
    private static long ByteLength(GgufCursor cursor, GgmlType type, long[] dimensions)
    {
        const int minimumElementsPerByte = 8;
        GgmlTypeInfo layout = GgmlTypes.Find(type) ?? new GgmlTypeInfo(GgmlTypes.NameOf(type), minimumElementsPerByte, 1);
        if (dimensions[0] % layout.BlockElements != 0 && GgmlTypes.Find(type) is not null)
            throw cursor.Error($"has rows of {dimensions[0]}, not a multiple of {layout.BlockElements} as {layout.Name} needs");

        Int128 bytes = ((Int128)dimensions[0] + layout.BlockElements - 1) / layout.BlockElements * layout.BlockBytes;
        foreach (long size in dimensions.AsSpan(1))
        {
            if (bytes > cursor.Length) break;
            bytes *= size;
        }

        if (bytes > cursor.Length)
            throw cursor.Error($"has sizes [{string.Join(", ", dimensions)}], more than the file's {cursor.Length} bytes");
        return (long)bytes;
    }

    private static uint Alignment(GgufCursor cursor, GgufMetadata metadata)
    {
        cursor.Subject = $"key '{AlignmentKey}'";
        int alignment = metadata.GetInt(AlignmentKey, (int)DefaultAlignment);
        if (!BitOperations.IsPow2(alignment)) throw cursor.Error($"is {alignment}, not a power of two");
        return (uint)alignment;
    }

    // Makes offsets absolute and checks that every tensor has bytes of its own.
    private static void Place(GgufCursor cursor, OrderedDictionary<string, GgufTensor> tensors, uint alignment)
    {
        long data = Align(cursor.Position, alignment);
        for (int i = 0; i < tensors.Count; i++)
        {
            GgufTensor tensor = tensors.GetAt(i).Value;
            cursor.Subject = $"tensor {GgufCursor.Quote(tensor.Name)}";
            if (tensor.Offset % alignment != 0)
                throw cursor.Error($"has offset {tensor.Offset}, not a multiple of the alignment {alignment}");
            if (tensor.Offset > cursor.Length - tensor.ByteLength - data)
                throw OutOfFile(cursor, (ulong)tensor.Offset, tensor.ByteLength);
            tensors.SetAt(i, tensor with { Offset = data + tensor.Offset });
        }

        GgufTensor[] placed = [.. tensors.Values.OrderBy(tensor => tensor.Offset)];
        for (int i = 0; i < placed.Length; i++)
        {
            GgufTensor tensor = placed[i];
            long end = i + 1 < placed.Length ? placed[i + 1].Offset : cursor.Length;
            if (tensor.Offset + tensor.ByteLength > end)
            {
                // The last one ends within the file, so this has one after it.
                cursor.Subject = $"tensor {GgufCursor.Quote(placed[i + 1].Name)}";
                throw cursor.Error($"overlaps tensor {GgufCursor.Quote(tensor.Name)} at byte {end}");
            }

            if (GgmlTypes.Find(tensor.Type) is null) tensors[tensor.Name] = tensor with { ByteLength = end - tensor.Offset };
        }
    }

    private static InputException OutOfFile(GgufCursor cursor, ulong offset, long byteLength) => cursor.Error(
        $"has {byteLength} bytes at offset {offset} of the data, beyond the end of the file at byte {cursor.Length}");
}
