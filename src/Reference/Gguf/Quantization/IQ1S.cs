using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ1_S: d (f16), 32 bytes with the low bits of the points of 8 elements each, then for each 32 elements 16 bits with the
/// upper three bits of their 4 points, a 3-bit scale and the sign of a shift; the value is d (2 scale + 1) (point ± 1/8).
/// </summary>
internal static class IQ1S
{
    private const int Bytes = 50;

    /// <summary>What a point is shifted by, up or down.</summary>
    public const float Shift = 0.125f;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            for (int l = 0; l < Block.Super / 8; l++)
            {
                int rest = BinaryPrimitives.ReadUInt16LittleEndian(blocks[(34 + 2 * (l / 4))..]);
                float scale = d * (2 * (rest >> 12 & 7) + 1), shift = (rest & 0x8000) == 0 ? Shift : -Shift;
                int point = blocks[2 + l] | ((rest >> (3 * (l % 4)) & 7) << 8);
                Write(scale, Grid.IQ1[point], shift, values[(8 * l)..]);
            }
        }
    }

    /// <summary>Writes <c>scale (point + shift)</c>.</summary>
    public static void Write(float scale, ReadOnlySpan<sbyte> point, float shift, Span<float> values)
    {
        for (int i = 0; i < point.Length; i++) values[i] = scale * (point[i] + shift);
    }
}
