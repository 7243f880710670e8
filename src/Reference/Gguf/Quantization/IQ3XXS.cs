using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ3_XXS: d (f16), 64 bytes with the points of 4 elements each, then for each 32 elements 32 bits with their signs, 7 for
/// each 8, and a 4-bit scale on top; the value is d (scale + 1/2) / 2 point.
/// </summary>
internal static class IQ3XXS
{
    private const int Bytes = 98;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            for (int j = 0; j < Block.Super / Block.Small; j++)
            {
                uint rest = BinaryPrimitives.ReadUInt32LittleEndian(blocks[(66 + 4 * j)..]);
                float scale = d * (0.5f + (rest >> 28)) * 0.5f;
                for (int l = 0; l < 8; l++)
                {
                    int signs = Signs.OfSeven((int)(rest >> (7 * (l / 2))) & 127) >> (4 * (l % 2));
                    Signs.Apply(signs, scale, Grid.IQ3XXS[blocks[2 + 8 * j + l]], values[(32 * j + 4 * l)..]);
                }
            }
        }
    }
}
