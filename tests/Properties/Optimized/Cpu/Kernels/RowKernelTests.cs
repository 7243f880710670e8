using Gdn.Harness;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

/// <summary>Kernels that take the rows of a batch one by one, against the reference's operators.</summary>
public class RowKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(21)]
    public void RmsNorm_AnyLength_AgreesWithReference(int length)
    {
        var random = new SeededRandom(3);
        float[] x = Noise.Gaussian(random, 3 * length), weights = Noise.Gaussian(random, length);
        float[] z = Noise.Gaussian(random, x.Length, 4);
        double[] exact = Noise.Widen(x);
        float[] rounded = [.. x], actual = [.. x];
        Gdn.Reference.Operators.RmsNorm.RunGated<double>(exact, Noise.Widen(z), Noise.Widen(weights), 1e-6);
        Gdn.Reference.Operators.RmsNorm.RunGated<float>(rounded, z, weights, 1e-6f);
        RmsNormKernel.RunGated(actual, z, weights, 1e-6f);
        Noise.AssertClose(exact, rounded, actual, "rms");
    }

    [Fact]
    public void DeltaGates_FromSlowToFast_AgreeWithReference()
    {
        var random = new SeededRandom(4);
        float[] b = Noise.Uniform(random, 7 * 5, -9, 9), a = Noise.Uniform(random, 7 * 5, -12, 12);
        float[] negativeA = [-1e-3f, -0.1f, -1, -3, -16], bias = [-4, -1, 0, 1, 0.5f];
        float[] beta = [.. b], decay = [.. a];
        DeltaGates.Run(beta, decay, negativeA, bias);
        Noise.AssertClose(
            [.. b.Select(value => Gates.Beta((double)value))], [.. b.Select(Gates.Beta)], beta, "beta");
        Noise.AssertClose(
            [.. a.Select((value, i) => Math.Exp(Gates.LogDecay(value, negativeA[i % 5], (double)bias[i % 5])))],
            [.. a.Select((value, i) => MathF.Exp(Gates.LogDecay(value, negativeA[i % 5], bias[i % 5])))], decay, "decay");
    }

    [Fact]
    public void Elementwise_ExtremeGates_SaturateWithoutNaN()
    {
        float[] gates = [-1e4f, -100, -1, 0, 1, 100, 1e4f, -88, 88, -89, 89], ones = new float[gates.Length];
        Array.Fill(ones, 1);
        float[] silu = [.. ones], sigmoid = [.. ones];
        Elementwise.TimesSiLU(silu, gates);
        Elementwise.TimesSigmoid(sigmoid, gates);
        Noise.AssertClose(
            [.. gates.Select(x => Activations.SiLU((double)x))], [.. gates.Select(Activations.SiLU)], silu, "silu");
        Noise.AssertClose(
            [.. gates.Select(x => Activations.Sigmoid((double)x))], [.. gates.Select(Activations.Sigmoid)], sigmoid,
            "sigmoid");
    }

    // Where an entry stands in the buffer, in a full vector or in the tail, must not show.
    [Fact]
    public void Elementwise_EntryAnywhere_SameBits()
    {
        var random = new SeededRandom(5);
        float[] x = Noise.Gaussian(random, 19), y = Noise.Gaussian(random, 19, 3), all = [.. x];
        Elementwise.TimesSiLU(all, y);
        Elementwise.TimesSigmoid(all, y);
        Elementwise.AddScaled(all, 0.3f, y);
        for (int i = 0; i < x.Length; i++)
        {
            float[] one = [x[i]], gate = [y[i]];
            Elementwise.TimesSiLU(one, gate);
            Elementwise.TimesSigmoid(one, gate);
            Elementwise.AddScaled(one, 0.3f, gate);
            Assert.Equal(all[i], one[0]);
        }
    }

    [Fact]
    public void ExpertRouter_RandomAndTiedLogits_AgreesWithReference()
    {
        var random = new SeededRandom(7);
        for (int n = 0; n < 50; n++)
        {
            float[] logits = n == 0 ? [1, 2, 2, 0, 2, 1, 1] : Noise.Gaussian(random, 7);
            ExpertRouting<float> rounded = Gdn.Reference.Operators.ExpertRouter.Route<float>(logits, 3, 1.5f);
            ExpertRouting<double> exact = Gdn.Reference.Operators.ExpertRouter.Route<double>(Noise.Widen(logits), 3, 1.5);
            var experts = new int[3];
            var weights = new float[3];
            ExpertRouterKernel.Route(logits, 1.5f, experts, weights);
            Assert.Equal(exact.Experts, experts);
            Noise.AssertClose(exact.Weights, rounded.Weights, weights, $"draw {n}");
        }
    }

    [Fact]
    public void ExpertRouter_BySigmoidWithBias_AgreesWithReference()
    {
        var random = new SeededRandom(9);
        for (int n = 0; n < 50; n++)
        {
            float[] logits = n == 0 ? [1, 2, 2, 0, 2, 1, 1] : Noise.Gaussian(random, 7);
            float[] bias = n == 0 ? new float[7] : Noise.Gaussian(random, 7);
            ExpertRouting<float> rounded = Gdn.Reference.Operators.ExpertRouter.RouteBySigmoid<float>(logits, bias, 3, 1.5f);
            ExpertRouting<double> exact =
                Gdn.Reference.Operators.ExpertRouter.RouteBySigmoid<double>(Noise.Widen(logits), Noise.Widen(bias), 3, 1.5);
            var experts = new int[3];
            var weights = new float[3];
            ExpertRouterKernel.RouteBySigmoid(logits, bias, 1.5f, experts, weights);
            Assert.Equal(exact.Experts, experts);
            Noise.AssertClose(exact.Weights, rounded.Weights, weights, $"draw {n}");
        }
    }

    // At a position of a quarter of a million, an angle in single precision is off by a hundredth of a turn.
    [Fact]
    public void RotaryTable_LongContext_IsAsDoubleReference()
    {
        var rope = new Rope(8, 1e7, [1, 2, 0, 0]);
        float[] head = Noise.Gaussian(new SeededRandom(8), 11);
        double[] exact = Noise.Widen(head);
        rope.Apply<double>(exact, 250_001);
        var table = new RotaryTable(rope);
        table.Reserve(2);
        table.Set(1, 250_001);
        table.Apply(head, 1);
        for (int i = 0; i < head.Length; i++) Assert.Equal(exact[i], head[i], 4e-7);
    }
}
