using Gdn.Harness;
using Gdn.Reference.Operators;
using Xunit;
using CausalConv = Gdn.Optimized.Cpu.Kernels.CausalConv;

namespace Gdn.Properties.Optimized.Kernels;

public class CausalConvTests
{
    private const int Channels = 21, Width = 4, WindowLength = (Width - 1) * Channels, Planes = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public void Run_TwoSequences_AgreeWithReference(int tokens)
    {
        var random = new SeededRandom((ulong)tokens);
        float[] x = Noise.Gaussian(random, 2 * tokens * Channels), weights = Noise.Gaussian(random, Channels * Width);
        float[] windows = new float[2 * Planes * WindowLength];
        Array.Fill(windows, float.NaN);
        float[][] before = [Noise.Gaussian(random, WindowLength), Noise.Gaussian(random, WindowLength)];
        const int source = 2;
        for (int s = 0; s < 2; s++) before[s].CopyTo(windows, (s * Planes + source) * WindowLength);
        var taps = new float[weights.Length];
        for (int i = 0; i < taps.Length; i++) taps[i] = weights[i % Channels * Width + i / Channels];
        int[] map = [.. Enumerable.Range(0, 2 * tokens).Select(t => t / tokens)];

        var output = new float[x.Length];
        CausalConv.Run(Channels, x, taps, map, windows, Planes, source, output);
        for (int s = 0; s < 2; s++)
        {
            float[] own = x[(s * tokens * Channels)..((s + 1) * tokens * Channels)];
            var exact = new double[own.Length];
            var rounded = new float[own.Length];
            Gdn.Reference.Operators.CausalConv.Run(
                Channels, Noise.Widen(own), Noise.Widen(weights), Noise.Widen(before[s]), exact, default);
            Gdn.Reference.Operators.CausalConv.Run<float>(Channels, own, weights, (float[])before[s].Clone(), rounded);
            Activations.SiLU<double>(exact);
            Activations.SiLU<float>(rounded);
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

        CausalConv.Advance(Channels, x, sequences, windows, Planes, source);

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

    [Fact]
    public void Run_MismatchedLengths_Throws() => Assert.Throws<ArgumentException>(() => CausalConv.Run(
        Channels, new float[Channels], new float[Width * Channels], [0, 0], new float[WindowLength], 1, 0,
        new float[Channels]));
}
