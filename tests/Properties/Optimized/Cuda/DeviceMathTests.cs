using Gdn.Optimized.Cuda.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cuda;

public class DeviceMathTests
{
    private const double Unit = 1.0 / (1 << 24);

    // The double that is meant, and the units it may be off.
    private static readonly Dictionary<string, (Func<float, float> Single, Func<double, double> Exact, double Units)> Functions = new()
    {
        ["exp"] = (DeviceMath.Exp, Math.Exp, 3),
        ["sigmoid"] = (DeviceMath.Sigmoid, Activations.Sigmoid, 5),
        ["silu"] = (DeviceMath.SiLU, Activations.SiLU, 5),
        ["softplus"] = (DeviceMath.Softplus, Softplus, 7),
    };

    // Accurate where e^x is so small that 1 + e^x has lost it.
    private static double Softplus(double x) => Math.Exp(x) is var e and < 1e-5 ? e * (1 - e / 2 + e * e / 3) : Activations.Softplus(x);

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Function_AcrossItsRange_IsWithinAFewUnits(string name)
    {
        (Func<float, float> single, Func<double, double> exact, double units) = Functions[name];
        for (float x = -87; x <= 87; x += 0.00713f)
        {
            double expected = exact(x);
            // Below the least normal number a unit is no longer relative.
            double allowed = units * Unit * Math.Max(Math.Abs(expected), 1.2e-38);
            Assert.True(Math.Abs(single(x) - expected) <= allowed, $"{name}({x:R}) is {single(x):R}, expected {expected:R}");
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(-104f, 0)]
    [InlineData(0f, 1)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    public void Exp_AtItsEnds_IsExact(float x, float expected) => Assert.Equal(expected, DeviceMath.Exp(x));

    [Theory]
    [MemberData(nameof(Names))]
    public void Function_OfNotANumber_IsNotANumber(string name) => Assert.True(float.IsNaN(Functions[name].Single(float.NaN)));
}
