using System.Runtime.Intrinsics;
using Gdn.Harness;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Properties.Optimized.Cpu.Kernels;
using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;
using Xunit;
using Linear = Gdn.Reference.Operators.Linear;

namespace Gdn.Properties.Optimized.Cpu.Simd;

/// <summary>The rungs of the width ladder that this machine has, whichever of them the kernels choose.</summary>
public class SimdTests
{
    private static readonly Dictionary<int, Rung> Rungs = new (bool IsThere, Rung Rung)[]
    {
        (Vector512.IsHardwareAccelerated, new Rung<Vector512<float>, Simd512>()),
        (Vector256.IsHardwareAccelerated, new Rung<Vector256<float>, Simd256>()),
        (Vector128.IsHardwareAccelerated, new Rung<Vector128<float>, Simd128>()),
        (true, new Rung<float, SimdScalar>()),
    }.Where(rung => rung.IsThere).ToDictionary(rung => rung.Rung.Width, rung => rung.Rung);

    public static TheoryData<int> Widths => [.. Rungs.Keys];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sum_FourAtATime_SameBitsAsOneByOne(int width) => Rungs[width].CheckSums();

    [Theory]
    [MemberData(nameof(Widths))]
    public void Tiles_AllRemainders_AreExactOnIntegers(int width) => Rungs[width].CheckTiles();

    [Theory]
    [MemberData(nameof(Widths))]
    public void Q80_FewTokens_SameBitsAsDequantized(int width) => Rungs[width].CheckQ80();

    private abstract class Rung
    {
        public abstract int Width { get; }

        public abstract void CheckSums();

        public abstract void CheckTiles();

        public abstract void CheckQ80();
    }

    private sealed class Rung<TVector, TSimd> : Rung
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        public override int Width => TSimd.Count;

        public override void CheckSums()
        {
            float[] x = Noise.Gaussian(new SeededRandom(1), 4 * TSimd.Count);
            TVector Load(int i) => TSimd.Load(ref x[0], i * TSimd.Count);
            Vector128<float> sums = TSimd.Sum(Load(0), Load(1), Load(2), Load(3));
            for (int i = 0; i < 4; i++) Assert.Equal(TSimd.Sum(Load(i)), sums[i]);
        }

        public override void CheckTiles()
        {
            var random = new SeededRandom(2);
            for (int rows = 1; rows <= 6; rows++)
                for (int columns = 1; columns <= 40; columns += 3)
                    for (int tokens = 1; tokens <= 9; tokens++)
                    {
                        float[] weights = Noise.Integers(random, rows * columns), x = Noise.Integers(random, tokens * columns);
                        var y = new float[tokens * rows];
                        MatrixTiles<TVector, TSimd>.Run(
                            ref weights[0], columns, rows, ref x[0], columns, tokens, columns, ref y[0], rows);
                        Assert.Equal(Linear.Run<float>(new Matrix<float>(rows, columns, weights), x), y);
                    }
        }

        public override void CheckQ80()
        {
            const int rows = 7, columns = 160, most = 9;
            var random = new SeededRandom(3);
            Matrix<float> weights = Quantized.Random(random, rows, columns);
            byte[] blocks = ((QuantizedRows)weights.Packed!).Bytes.ToArray();
            float[] x = Noise.Gaussian(random, most * columns), expanded = new float[rows * columns];
            Q80Tiles<TVector, TSimd>.Expand(ref blocks[0], expanded.Length, ref expanded[0]);
            Assert.Equal(weights.Data, expanded);
            for (int tokens = 1; tokens <= most; tokens++)
            {
                float[] expected = new float[tokens * rows], actual = new float[tokens * rows];
                MatrixTiles<TVector, TSimd>.Run(
                    ref expanded[0], columns, rows, ref x[0], columns, tokens, columns, ref expected[0], rows);
                Q80Tiles<TVector, TSimd>.Run(ref blocks[0], rows, ref x[0], tokens, columns, ref actual[0], rows);
                Assert.Equal(expected, actual);
            }
        }
    }
}
