using System.Collections.Frozen;
using Gdn.Reference.Gguf.Quantization;

namespace Gdn.Reference.Gguf;

/// <summary>Turns whole blocks of one type into floats.</summary>
/// <param name="blocks">N blocks as in the file.</param>
/// <param name="values">Receives N times the block's elements.</param>
public delegate void Dequantizer(ReadOnlySpan<byte> blocks, Span<float> values);

/// <summary>Layout of a type.</summary>
/// <param name="Name">As tools and converters spell it, for example <c>Q4_K</c>.</param>
/// <param name="BlockElements">Elements that share a block; a row is whole blocks.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="Dequantize">Null for a type that this project cannot read.</param>
public sealed record GgmlTypeInfo(string Name, int BlockElements, int BlockBytes, Dequantizer? Dequantize = null);

/// <summary>The table of tensor types.</summary>
public static class GgmlTypes
{
    // Sizes as ggml_blck_size and ggml_type_size of ggml 0.25.1 report them.
    private static readonly FrozenDictionary<GgmlType, GgmlTypeInfo> Infos = new Dictionary<GgmlType, GgmlTypeInfo>
    {
        [GgmlType.F32] = new("F32", 1, 4, Floats.DequantizeF32),
        [GgmlType.F16] = new("F16", 1, 2, Floats.DequantizeF16),
        [GgmlType.BF16] = new("BF16", 1, 2, Floats.DequantizeBF16),
        [GgmlType.Q80] = new("Q8_0", 32, 34, Q80.Dequantize),
        [GgmlType.Q40] = new("Q4_0", 32, 18, Q40.Dequantize),
        [GgmlType.Q2K] = new("Q2_K", 256, 84, Q2K.Dequantize),
        [GgmlType.Q3K] = new("Q3_K", 256, 110, Q3K.Dequantize),
        [GgmlType.Q4K] = new("Q4_K", 256, 144, Q4K.Dequantize),
        [GgmlType.Q5K] = new("Q5_K", 256, 176, Q5K.Dequantize),
        [GgmlType.Q6K] = new("Q6_K", 256, 210, Q6K.Dequantize),
        [GgmlType.IQ4XS] = new("IQ4_XS", 256, 136, IQ4XS.Dequantize),
        [GgmlType.Q41] = new("Q4_1", 32, 20, Q41.Dequantize),
        [GgmlType.Q50] = new("Q5_0", 32, 22, Q50.Dequantize),
        [GgmlType.Q51] = new("Q5_1", 32, 24, Q51.Dequantize),
        [GgmlType.Q10] = new("Q1_0", 128, 18, Q10.Dequantize),
        [GgmlType.Q20] = new("Q2_0", 64, 18, Q20.Dequantize),
        [GgmlType.IQ4NL] = new("IQ4_NL", 32, 18, IQ4NL.Dequantize),
        [GgmlType.MXFP4] = new("MXFP4", 32, 17, MXFP4.Dequantize),
        [GgmlType.NVFP4] = new("NVFP4", 64, 36, NVFP4.Dequantize),
        [GgmlType.IQ3S] = new("IQ3_S", 256, 110, IQ3S.Dequantize),
        [GgmlType.IQ3XXS] = new("IQ3_XXS", 256, 98, IQ3XXS.Dequantize),
        [GgmlType.IQ2S] = new("IQ2_S", 256, 82, IQ2S.Dequantize),
        [GgmlType.IQ2XS] = new("IQ2_XS", 256, 74, IQ2XS.Dequantize),
        [GgmlType.IQ2XXS] = new("IQ2_XXS", 256, 66, IQ2XXS.Dequantize),
        [GgmlType.IQ1M] = new("IQ1_M", 256, 56, IQ1M.Dequantize),
        [GgmlType.IQ1S] = new("IQ1_S", 256, 50, IQ1S.Dequantize),
        [GgmlType.TQ20] = new("TQ2_0", 256, 66, TQ20.Dequantize),
        [GgmlType.TQ10] = new("TQ1_0", 256, 54, TQ10.Dequantize),

        [GgmlType.Q81] = new("Q8_1", 32, 36),
        [GgmlType.Q8K] = new("Q8_K", 256, 292),
        [GgmlType.I8] = new("I8", 1, 1),
        [GgmlType.I16] = new("I16", 1, 2),
        [GgmlType.I32] = new("I32", 1, 4),
        [GgmlType.I64] = new("I64", 1, 8),
        [GgmlType.F64] = new("F64", 1, 8),
    }.ToFrozenDictionary();

    /// <summary>All types whose layout is known.</summary>
    public static IEnumerable<GgmlType> Known => Infos.Keys.Order();

    /// <summary>The layout of a type, or null where it is not known.</summary>
    public static GgmlTypeInfo? Find(GgmlType type) => Infos.GetValueOrDefault(type);

    /// <summary>The type's name; for a number that ggml does not know, <c>type</c> and the number.</summary>
    public static string NameOf(GgmlType type) => Find(type)?.Name ?? $"type {(uint)type}";

    /// <summary>The error of a tensor whose type cannot be read.</summary>
    internal static InputException Unsupported(string where, GgmlType type) => new(
        where,
        Find(type) is { } info
            ? $"has type {info.Name}, which is not supported"
            : $"has type {(uint)type}, which ggml does not know",
        "quantize the model to another type, for example Q8_0");
}
