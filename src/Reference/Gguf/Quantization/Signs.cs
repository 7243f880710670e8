using System.Numerics;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Signs of the grid types.</summary>
internal static class Signs
{
    /// <summary>
    /// The signs of 8 elements of which 7 bits say 7: the number of negative ones is always even. Bit i is that of element i.
    /// </summary>
    public static int OfSeven(int bits) => bits | ((BitOperations.PopCount((uint)bits) & 1) << 7);

    /// <summary>Writes <c>scale point</c>, negated where a bit of <paramref name="signs"/> is set.</summary>
    public static void Apply(int signs, float scale, ReadOnlySpan<sbyte> point, Span<float> values)
    {
        for (int i = 0; i < point.Length; i++)
            values[i] = scale * point[i] * ((signs >> i & 1) == 0 ? 1 : -1);
    }
}
