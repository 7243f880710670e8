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

    /// <summary>The elements, bit for bit as ggml dequantizes them.</summary>
    /// <exception cref="NotSupportedException">This project cannot read the type.</exception>
    public override float[] Unpack()
    {
        GgmlTypeInfo info = GgmlTypes.Find(Type)!;
        Dequantizer dequantize = info.Dequantize ?? throw new NotSupportedException($"{info.Name} cannot be read.");
        var values = new float[Bytes.Length / info.BlockBytes * info.BlockElements];
        dequantize(Bytes.Span, values);
        return values;
    }
}
