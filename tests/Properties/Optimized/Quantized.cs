using System.Buffers.Binary;
using Gdn.Harness;
using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Optimized;

/// <summary>Matrices in Q8_0.</summary>
internal static class Quantized
{
    private const int BlockElements = 32, BlockBytes = 34;

    /// <summary>Random blocks of very different scales.</summary>
    public static Matrix<float> Random(SeededRandom random, int rows, int columns) => Of(
        rows, columns, _ => (Half)(0.01 * random.NextGaussian()), _ => (sbyte)(random.Next(256) - 128));

    /// <summary>A matrix of given scales, by block, and integers, by element.</summary>
    public static Matrix<float> Of(int rows, int columns, Func<int, Half> scale, Func<int, sbyte> quant)
    {
        var bytes = new byte[rows * columns / BlockElements * BlockBytes];
        for (int block = 0; block * BlockBytes < bytes.Length; block++)
        {
            Span<byte> target = bytes.AsSpan(block * BlockBytes, BlockBytes);
            BinaryPrimitives.WriteHalfLittleEndian(target, scale(block));
            for (int i = 0; i < BlockElements; i++) target[2 + i] = (byte)quant(block * BlockElements + i);
        }

        return new Matrix<float>(rows, columns, new QuantizedRows(GgmlType.Q80, bytes));
    }
}
