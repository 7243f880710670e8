using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ2_XS: d (f16), 16 bits for each 8 elements with their point (9) and signs (7), then 8 bytes with a nibble for each 16
/// elements, their scale; the value is d (scale + 1/2) / 4 point.
/// </summary>
internal static class IQ2XS
{
    private const int Bytes = 74;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            for (int l = 0; l < Block.Super / 8; l++)
            {
                int code = BinaryPrimitives.ReadUInt16LittleEndian(blocks[(2 + 2 * l)..]);
                Signs.Apply(
                    Signs.OfSeven(code >> 9), Scale(d, blocks[66..], l / 2), Grid.IQ2XS[code & 511], values[(8 * l)..]);
            }
        }
    }

    /// <summary>What the points of group <paramref name="i"/> of 16 elements are multiplied with.</summary>
    public static float Scale(float d, ReadOnlySpan<byte> scales, int i) =>
        d * (0.5f + (scales[i / 2] >> (4 * (i % 2)) & 0xF)) * 0.25f;
}
