using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

public class ActivationsTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.7310585786300049)]
    [InlineData(-1, 0.2689414213699951)]
    [InlineData(1000, 1)]
    [InlineData(-1000, 0)]
    public void Sigmoid_KnownValues(double x, double expected) =>
        Assert.Equal(expected, Activations.Sigmoid(x), 1e-15);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 1.7615941559557649)]
    [InlineData(-2, -0.23840584404423517)]
    [InlineData(1000, 1000)]
    [InlineData(-1000, 0)]
    public void SiLU_KnownValues(double x, double expected) => Assert.Equal(expected, Activations.SiLU(x), 1e-15);

    [Theory]
    [InlineData(0, 0.6931471805599453)]
    [InlineData(1, 1.3132616875182228)]
    [InlineData(-1, 0.31326168751822286)]
    [InlineData(100, 100)]
    [InlineData(-100, 3.720075976020836e-44)]
    [InlineData(-30, 9.357622968839299e-14)]
    [InlineData(1000, 1000)]
    public void Softplus_KnownValues(double x, double expected) =>
        Assert.Equal(expected, Activations.Softplus(x), 1e-15 * Math.Max(1, Math.Abs(expected)));

    [Theory]
    [InlineData(100f, 100f)]
    [InlineData(-100f, 0f)]
    [InlineData(-10f, 4.5398898e-5f)]
    public void Softplus_Float_DoesNotOverflow(float x, float expected) =>
        Assert.Equal(expected, Activations.Softplus(x), 1e-7f);

    [Fact]
    public void Softmax_LargeLogits_ShiftsByTheMaximum()
    {
        double[] x = [1000, 1000 + Math.Log(3), -1000];
        Activations.Softmax<double>(x);

        Assert.Equal(0.25, x[0], 1e-12);
        Assert.Equal(0.75, x[1], 1e-12);
        Assert.Equal(0, x[2]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-50.0)]
    [InlineData(50.0)]
    public void LogDecay_IsNegativeATimesSoftplus_NeverPositive(double a)
    {
        double g = Gates.LogDecay(a, negativeA: -0.25, timeStepBias: 1.5);

        Assert.True(g <= 0);
        Assert.Equal(-0.25 * Activations.Softplus(a + 1.5), g);
    }
}
