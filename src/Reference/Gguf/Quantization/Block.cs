using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>What the block formats have in common.</summary>
/// <remarks>
/// Layouts and formulas: <c>ggml/src/ggml-common.h</c> and <c>ggml-quants.c</c> of ggml 0.25.1. Scales are floats of 16
/// bits or fewer times small integers, so that every product fits into a float exactly; at most a minimum's sum rounds.
/// </remarks>
internal static class Block
{
    /// <summary>Elements of the small blocks.</summary>
    public const int Small = 32;

    /// <summary>Elements of a superblock.</summary>
    public const int Super = 256;

    /// <summary>The 16-bit float at the start of <paramref name="bytes"/>.</summary>
    public static float Scale(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    /// <summary>
    /// The nibble of element <paramref name="i"/> of <paramref name="elements"/>: low nibbles are the first half, high ones the
    /// other.
    /// </summary>
    public static int Nibble(ReadOnlySpan<byte> quants, int i, int elements) =>
        quants[i % (elements / 2)] >> (4 * (i / (elements / 2))) & 0xF;
}
