using Gdn.Harness;
using Gdn.Optimized.Cpu.Kernels;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

public class AttentionKernelTests
{
    private const int KeyValueHeads = 2, Group = 7, KeyDim = 10, ValueDim = 77, Stride = 17;

    // One block of keys, whole and partial, and several; more heads than share a tile; scores that grow and that fall, so
    // that the running maximum moves, and that it does not.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    [InlineData(64, 0)]
    [InlineData(65, 0.5)]
    [InlineData(200, 0.5)]
    [InlineData(200, -0.5)]
    public void Run_StridedQueries_AgreesWithReference(int count, double slope)
    {
        var random = new SeededRandom(6);
        const int heads = KeyValueHeads * Group;
        float[] q = Noise.Gaussian(random, heads * KeyDim, 3), strided = new float[heads * Stride];
        for (int h = 0; h < heads; h++)
        {
            q[h * KeyDim] = 3;
            q.AsSpan(h * KeyDim, KeyDim).CopyTo(strided.AsSpan(h * Stride));
        }

        float[] keys = Noise.Gaussian(random, count * KeyValueHeads * KeyDim);
        for (int i = 0; i < count * KeyValueHeads; i++) keys[i * KeyDim] += (float)(slope * i / KeyValueHeads);
        float[] values = Noise.Gaussian(random, count * KeyValueHeads * ValueDim);
        var exact = new double[heads * ValueDim];
        float[] rounded = new float[exact.Length], actual = new float[exact.Length];
        Array.Fill(actual, float.NaN);
        Gdn.Reference.Operators.Attention.Run<double>(
            heads, KeyValueHeads, Noise.Widen(q), Noise.Widen(keys), Noise.Widen(values), exact);
        Gdn.Reference.Operators.Attention.Run<float>(heads, KeyValueHeads, q, keys, values, rounded);
        for (int source = 0; source < KeyValueHeads; source++)
            AttentionKernel.Run(
                Group, KeyDim, strided.AsSpan(source * Group * Stride), Stride, keys.AsSpan(source * KeyDim),
                KeyValueHeads * KeyDim, values.AsSpan(source * ValueDim), KeyValueHeads * ValueDim, count,
                actual.AsSpan(source * Group * ValueDim, Group * ValueDim));
        Noise.AssertClose(exact, rounded, actual, $"{count} keys, slope {slope}");
    }

    [Fact]
    public void Run_BuffersTooShort_Throws()
    {
        var output = new float[8];
        Assert.Throws<ArgumentException>(() => AttentionKernel.Run(
            2, 4, new float[7], 4, new float[8], 4, new float[8], 4, 2, output));
        Assert.Throws<ArgumentException>(() => AttentionKernel.Run(
            2, 4, new float[8], 4, new float[7], 4, new float[8], 4, 2, output));
        Assert.Throws<ArgumentException>(() => AttentionKernel.Run(
            2, 4, new float[8], 4, new float[8], 4, new float[7], 4, 2, output));
    }
}
