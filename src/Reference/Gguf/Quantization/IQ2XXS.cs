using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ2_XXS: d (f16), then for each 32 elements 4 bytes with the points of 8 elements each and 32 bits with their signs, 7 for
/// each, and a 4-bit scale on top; the value is d (scale + 1/2) / 4 point.
/// </summary>
internal static class IQ2XXS
{
    private const int Bytes = 66;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            for (int j = 0; j < Block.Super / Block.Small; j++)
            {
                ReadOnlySpan<byte> points = blocks.Slice(2 + 8 * j, 4);
                uint rest = BinaryPrimitives.ReadUInt32LittleEndian(blocks[(6 + 8 * j)..]);
                float scale = d * (0.5f + (rest >> 28)) * 0.25f;
                for (int l = 0; l < 4; l++)
                    Signs.Apply(
                        Signs.OfSeven((int)(rest >> (7 * l)) & 127), scale, Grid.IQ2XXS[points[l]], values[(32 * j + 8 * l)..]);
            }
        }
    }
}
