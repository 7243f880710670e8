using Gdn.Reference.Operators;

namespace Gdn.Reference.Gguf;

/// <summary>Part of a tensor as the file holds it: whole blocks, row after row.</summary>
/// <param name="Type">How the elements are stored.</param>
/// <param name="Bytes">The blocks.</param>
public sealed record QuantizedRows(GgmlType Type, ReadOnlyMemory<byte> Bytes) : PackedElements
{
    /// <summary>The same blocks in equal parts, one after the other.</summary>
    public IEnumerable<QuantizedRows> Split(int parts)
    {
        int length = Bytes.Length / parts;
        return Enumerable.Range(0, parts).Select(i => this with { Bytes = Bytes.Slice(i * length, length) });
    }

    /// <inheritdoc/>
    public override PackedElements TakeRows(int columns, IReadOnlyList<int> rows)
    {
        GgmlTypeInfo info = GgmlTypes.Find(Type)!;
        int rowBytes = columns / info.BlockElements * info.BlockBytes;
        var taken = new byte[rows.Count * rowBytes];
        for (int i = 0; i < rows.Count; i++)
            Bytes.Span.Slice(rows[i] * rowBytes, rowBytes).CopyTo(taken.AsSpan(i * rowBytes));
        return this with { Bytes = taken };
    }

    /// <summary>The elements, bit for bit as ggml dequantizes them.</summary>
    /// <exception cref="NotSupportedException">This project cannot read the type.</exception>
    public override T[] Unpack<T>()
    {
        GgmlTypeInfo info = GgmlTypes.Find(Type)!;
        Dequantizer dequantize = info.Dequantize ?? throw new NotSupportedException($"{info.Name} cannot be read.");
        var values = new float[Bytes.Length / info.BlockBytes * info.BlockElements];
        dequantize(Bytes.Span, values);
        return values as T[] ?? Array.ConvertAll(values, T.CreateChecked);
    }
}
