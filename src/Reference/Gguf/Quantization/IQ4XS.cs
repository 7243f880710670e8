using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ4_XS: d (f16), 16 bits with the upper two bits of eight scales, 4 bytes with their low nibbles, 128 bytes with 4-bit
/// indices into a fixed scale; the value is d (scale - 32) level[index].
/// </summary>
internal static class IQ4XS
{
    private const int Bytes = 136;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            float d = Block.Scale(blocks);
            ushort high = BinaryPrimitives.ReadUInt16LittleEndian(blocks[2..]);
            ReadOnlySpan<byte> low = blocks.Slice(4, 4), quants = blocks[8..Bytes];
            for (int j = 0; j < Block.Super / Block.Small; j++)
            {
                int scale = ((low[j / 2] >> (4 * (j % 2))) & 0xF) | (((high >> (2 * j)) & 3) << 4);
                float dl = d * (scale - 32);
                for (int i = 0; i < Block.Small / 2; i++)
                {
                    byte pair = quants[16 * j + i];
                    values[32 * j + i] = dl * IQ4NL.Levels[pair & 0xF];
                    values[32 * j + i + 16] = dl * IQ4NL.Levels[pair >> 4];
                }
            }
        }
    }
}
