using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>
/// IQ1_M: 32 bytes with the low bits of the points of 8 elements each, a nibble for each with three more bits and the sign of
/// a shift, then four times 16 bits: 3-bit scales of 16 elements each, and on top a nibble of d (f16); the value is
/// d (2 scale + 1) (point ± 1/8).
/// </summary>
internal static class IQ1M
{
    private const int Bytes = 56;

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Super..])
        {
            int bits = 0;
            for (int k = 0; k < 4; k++) bits |= Word(blocks, k) >> 12 << (4 * k);
            var d = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            for (int l = 0; l < Block.Super / 8; l++)
            {
                int rest = blocks[32 + l / 2] >> (4 * (l % 2)) & 0xF;
                float scale = d * (2 * (Word(blocks, l / 8) >> (3 * (l / 2 % 4)) & 7) + 1);
                float shift = (rest & 8) == 0 ? IQ1S.Shift : -IQ1S.Shift;
                IQ1S.Write(scale, Grid.IQ1[blocks[l] | ((rest & 7) << 8)], shift, values[(8 * l)..]);
            }
        }
    }

    private static int Word(ReadOnlySpan<byte> blocks, int k) => BinaryPrimitives.ReadUInt16LittleEndian(blocks[(48 + 2 * k)..]);
}
