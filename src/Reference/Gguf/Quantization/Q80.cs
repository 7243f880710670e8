using System.Buffers.Binary;

namespace Gdn.Reference.Gguf.Quantization;

/// <summary>Q8_0: scale d (f16), then 32 signed bytes q; the value is d q.</summary>
internal static class Q80
{
    private const int Bytes = 34;

    /// <summary>The blocks that hold values nearest to these; a multiple of 32 of them.</summary>
    public static byte[] Quantize(ReadOnlySpan<float> values)
    {
        const int most = 127;
        var blocks = new byte[values.Length / Block.Small * Bytes];
        for (Span<byte> block = blocks; !block.IsEmpty; block = block[Bytes..], values = values[Block.Small..])
        {
            float largest = 0;
            foreach (float value in values[..Block.Small]) largest = Math.Max(largest, Math.Abs(value));
            BinaryPrimitives.WriteHalfLittleEndian(block, (Half)(largest / most));
            float d = Block.Scale(block);
            for (int i = 0; i < Block.Small; i++)
                block[2 + i] = d == 0 ? (byte)0 : (byte)(sbyte)Math.Clamp(MathF.Round(values[i] / d), -most, most);
        }

        return blocks;
    }

    public static void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Block.Small..])
        {
            float d = Block.Scale(blocks);
            for (int i = 0; i < Block.Small; i++) values[i] = (sbyte)blocks[2 + i] * d;
        }
    }
}
