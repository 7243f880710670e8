using Gdn.Harness;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

public sealed class ProjectionTests : IDisposable
{
    private readonly Workers _one = new(1), _three = new(3);

    public void Dispose()
    {
        _one.Dispose();
        _three.Dispose();
    }

    // Small integers: every order of summation is exact, so any wrong index shows.
    [Fact]
    public void Run_AllTileRemainders_IsExactOnIntegers()
    {
        for (int rows = 1; rows <= 9; rows++)
            for (int columns = 1; columns <= 40; columns += 3)
                for (int tokens = 0; tokens <= 9; tokens++) AssertExact(rows, columns, tokens, _one);
    }

    // So long that a panel holds four rows only.
    [Fact]
    public void Run_SeveralPanels_IsExactOnIntegers() => AssertExact(rows: 9, columns: 30_001, tokens: 13, _three);

    [Theory]
    [InlineData(37)]
    [InlineData(64)]
    [InlineData(16_384)]
    public void Run_TokenInAnyBatch_SameBits(int columns)
    {
        const int rows = 11, most = 14;
        var random = new SeededRandom(2);
        Matrix<float>[] formats = columns % 32 == 0
            ? [Quantized.Random(random, rows, columns)]
            : [new Matrix<float>(rows, columns, Noise.Gaussian(random, rows * columns))];
        float[] x = Noise.Gaussian(random, most * columns);
        foreach (Matrix<float> weights in formats)
        {
            var linear = Projection.Of(weights);
            var alone = new float[most * rows];
            for (int t = 0; t < most; t++)
                linear.Run(x.AsSpan(t * columns, columns), alone.AsSpan(t * rows, rows), _one);
            for (int tokens = 2; tokens <= most; tokens++)
                foreach (Workers pool in new[] { _one, _three })
                    AssertSameBits(
                        alone.AsSpan(0, tokens * rows), Run(linear, x.AsSpan(0, tokens * columns), pool),
                        $"{tokens} tokens of {columns}, {pool.Threads} threads");
        }
    }

    // An element of Q8_0 is exact in a float, so where it is multiplied does not matter.
    [Fact]
    public void Run_Q80_SameBitsAsDequantized()
    {
        var random = new SeededRandom(3);
        foreach (int rows in new[] { 1, 3, 4, 9 })
            foreach (int columns in new[] { 32, 96, 16_384 })
            {
                Matrix<float> blocks = Quantized.Random(random, rows, columns), floats = new(rows, columns, blocks.Data);
                foreach (int tokens in new[] { 1, 2, 7, 13 })
                {
                    float[] x = Noise.Gaussian(random, tokens * columns);
                    AssertSameBits(
                        Run(Projection.Of(floats), x, _one), Run(Projection.Of(blocks), x, _three),
                        $"[{rows}, {columns}], {tokens} tokens");
                }
            }
    }

    // Every finite half as a scale, subnormal ones and zeros included.
    [Fact]
    public void CopyRow_Q80EveryScale_AsReference()
    {
        Half[] scales = [.. Enumerable.Range(0, 1 << 16)
            .Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(Half.IsFinite)];
        Matrix<float> weights = Quantized.Of(
            1, scales.Length * 32, block => scales[block], element => (sbyte)(element * 37 % 256 - 128));
        var values = new float[weights.Columns];
        Projection.Of(weights).CopyRow(0, values);
        AssertSameBits(weights.Data, values, "scales");
    }

    // The fast conversion of scales knows finite ones only; what else a file may hold goes the slow way.
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Run_Q80ScaleNotFinite_AsReference(float scale)
    {
        Matrix<float> weights = Quantized.Of(1, 64, block => block == 0 ? (Half)1 : (Half)scale, _ => 1);
        float[] x = new float[64];
        Array.Fill(x, 1);
        Assert.Equal((float)(Half)scale, Run(Projection.Of(weights), x, _one)[0]);
    }

    [Fact]
    public void Run_MismatchedLengths_Throws()
    {
        var linear = Projection.Of(new Matrix<float>(2, 3, new float[6]));
        Assert.Throws<ArgumentException>(() => linear.Run(new float[4], new float[2], _one));
        Assert.Throws<ArgumentException>(() => linear.Run(new float[3], new float[3], _one));
    }

    private static void AssertExact(int rows, int columns, int tokens, Workers pool)
    {
        var random = new SeededRandom(1);
        var weights = new Matrix<float>(rows, columns, Noise.Integers(random, rows * columns));
        float[] x = Noise.Integers(random, tokens * columns);
        Assert.Equal(
            Gdn.Reference.Operators.Linear.Run<float>(weights, x), Run(Projection.Of(weights), x, pool));
    }

    private static float[] Run(Projection linear, ReadOnlySpan<float> x, Workers pool)
    {
        var y = new float[x.Length / linear.Columns * linear.Rows];
        Array.Fill(y, float.NaN);
        linear.Run(x, y, pool);
        return y;
    }

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string where) =>
        CpuEngineBitIdentityTests.AssertSameBits(expected.ToArray(), actual.ToArray(), where);
}
