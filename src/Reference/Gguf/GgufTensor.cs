namespace Gdn.Reference.Gguf;

/// <summary>Where a tensor lies in a file, and what it is.</summary>
/// <param name="Name">For example <c>blk.0.attn_norm.weight</c>.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Dimensions">1 to 4 sizes, all positive, the contiguous one (ggml's ne0) first.</param>
/// <param name="Offset">First byte, counted from the start of the file, or of the first of its parts.</param>
/// <param name="ByteLength">Bytes that it takes, without padding.</param>
public sealed record GgufTensor(
    string Name, GgmlType Type, IReadOnlyList<long> Dimensions, long Offset, long ByteLength)
{
    /// <summary>Whether its type is one that can be dequantized.</summary>
    public bool IsReadable => GgmlTypes.Find(Type)?.Dequantize is not null;

    /// <summary>Product of the dimensions.</summary>
    public long ElementCount => Dimensions.Aggregate(1L, (product, size) => product * size);
}
