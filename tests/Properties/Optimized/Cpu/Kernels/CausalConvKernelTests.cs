using System.Numerics;
using System.Runtime.Intrinsics;
using Gdn.Harness;
using Gdn.Harness.Reports;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

public class CausalConvKernelTests
{
    private const int Channels = 3 * HeadDim, HeadDim = 21, Width = 4, WindowLength = (Width - 1) * Channels, Planes = 4;

    private delegate void Conv(
        float[] x, float[] taps, int[] map, float[] windows, int source, float[] output, Workers pool);

    private static readonly ConvShape Shape = new(Channels, HeadDim, UnitChannels: 2 * HeadDim, Epsilon: 1e-6f);

    private static readonly Dictionary<int, Conv> Rungs = new()
    {
        [0] = Run<float, SimdScalar>,
        [128] = Run<Vector128<float>, Simd128>,
        [256] = Run<Vector256<float>, Simd256>,
        [512] = Run<Vector512<float>, Simd512>,
    };

    public static TheoryData<int, int> WidthsAndTokens
    {
        get
        {
            var cases = new TheoryData<int, int>();
            foreach (int width in Rungs.Keys.Where(width => width <= RunEnvironment.Current.VectorBits))
                foreach (int tokens in new[] { 1, 2, 3, 4, 9 }) cases.Add(width, tokens);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndTokens))]
    public void Run_TwoSequences_AgreeWithReference(int width, int tokens)
    {
        var random = new SeededRandom((ulong)tokens);
        float[] x = Noise.Gaussian(random, 2 * tokens * Channels), weights = Noise.Gaussian(random, Channels * Width);
        float[] windows = new float[2 * Planes * WindowLength];
        Array.Fill(windows, float.NaN);
        float[][] before = [Noise.Gaussian(random, WindowLength), Noise.Gaussian(random, WindowLength)];
        const int source = 2;
        // Queries of nothing at all have no direction: they stay zero.
        for (int c = 0; c < HeadDim; c++) weights.AsSpan(c * Width, Width).Clear();
        for (int s = 0; s < 2; s++) before[s].CopyTo(windows, (s * Planes + source) * WindowLength);
        var taps = new float[weights.Length];
        for (int i = 0; i < taps.Length; i++) taps[i] = weights[i % Channels * Width + i / Channels];
        int[] map = [.. Enumerable.Range(0, 2 * tokens).Select(t => t / tokens)];

        float[] output = new float[x.Length], shared = new float[x.Length];
        using Workers one = new(1), three = new(3);
        Rungs[width](x, taps, map, windows, source, output, one);
        Rungs[width](x, taps, map, windows, source, shared, three);
        Assert.Equal(output, shared);
        for (int s = 0; s < 2; s++)
        {
            float[] own = x[(s * tokens * Channels)..((s + 1) * tokens * Channels)];
            double[] exact = Expected(Noise.Widen(own), Noise.Widen(weights), Noise.Widen(before[s]));
            float[] rounded = Expected(own, weights, (float[])before[s].Clone());
            Noise.AssertClose(exact, rounded, output.AsSpan(s * own.Length, own.Length), $"sequence {s}");
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    [InlineData(9, 1)]
    public void Advance_AnySourcePlane_EveryPlaneHoldsTheLastInputs(int tokens, int source)
    {
        const int sequences = 2;
        // Inputs are numbered, so that each plane can be told exactly: the window before holds -1, -2, -3 times a hundred.
        float[] x = [.. Enumerable.Range(0, sequences * tokens * Channels).Select(i => (float)i)];
        var windows = new float[sequences * Planes * WindowLength];
        Array.Fill(windows, float.NaN);
        for (int s = 0; s < sequences; s++)
            for (int i = 0; i < WindowLength; i++)
                windows[(s * Planes + source) * WindowLength + i] = -100 * (1 + i / Channels) - i % Channels - s;
        float[] before = [.. windows];

        CausalConvKernel.Advance(Channels, x, [0, tokens, 2 * tokens], windows, Planes, source);

        for (int s = 0; s < sequences; s++)
        {
            float[] stream = [
                .. before[((s * Planes + source) * WindowLength)..((s * Planes + source + 1) * WindowLength)],
                .. x[(s * tokens * Channels)..((s + 1) * tokens * Channels)]];
            for (int plane = 0; plane < Planes; plane++)
            {
                int start = (s * Planes + plane) * WindowLength, end = stream.Length - plane * Channels;
                float[] expected = plane < tokens ? stream[(end - WindowLength)..end] : before[start..(start + WindowLength)];
                Assert.Equal(expected, windows[start..(start + WindowLength)]);
            }
        }
    }

    // Sequences of different lengths leave what each of them leaves on its own.
    [Fact]
    public void Advance_RaggedSequences_EachAsOnItsOwn()
    {
        int[] lengths = [3, 1, 9];
        int[] starts = [0, 3, 4, 13];
        float[] x = Noise.Gaussian(new SeededRandom(7), 13 * Channels);
        float[] windows = Noise.Gaussian(new SeededRandom(8), lengths.Length * Planes * WindowLength), expected = [.. windows];
        for (int s = 0; s < lengths.Length; s++)
            CausalConvKernel.Advance(
                Channels, x.AsSpan(starts[s] * Channels, lengths[s] * Channels), [0, lengths[s]],
                expected.AsSpan(s * Planes * WindowLength, Planes * WindowLength), Planes, source: 1);

        CausalConvKernel.Advance(Channels, x, starts, windows, Planes, source: 1);

        Assert.Equal(expected, windows);
    }

    [Theory]
    [InlineData(Channels)]
    [InlineData(2 * Channels)]
    public void Run_MismatchedLengths_Throws(int length)
    {
        using var pool = new Workers(1);
        // One token of two, or heads that are no whole ones.
        ConvShape shape = length == Channels ? Shape : Shape with { HeadDim = 5 };
        Assert.Throws<ArgumentException>(() => CausalConvKernel.Run(
            shape, new float[length], new float[Width * Channels], [0, 0], new float[WindowLength], 1, 0,
            new float[length], pool));
    }

    private static void Run<TVector, TSimd>(
        float[] x, float[] taps, int[] map, float[] windows, int source, float[] output, Workers pool)
        where TVector : struct
        where TSimd : struct, ISimd<TVector> =>
        CausalConvKernel.Run<TVector, TSimd>(Shape, x, taps, map, windows, Planes, source, output, pool);

    private static T[] Expected<T>(T[] x, T[] weights, T[] window) where T : struct, IFloatingPointIeee754<T>
    {
        var y = new T[x.Length];
        Gdn.Reference.Operators.CausalConv.Run<T>(Channels, x, weights, window, y, default);
        Activations.SiLU<T>(y);
        for (int start = 0; start < y.Length; start += Channels)
            L2Norm.Run(y.AsSpan(start, Shape.UnitChannels), HeadDim, T.CreateChecked(Shape.Epsilon));
        return y;
    }
}
