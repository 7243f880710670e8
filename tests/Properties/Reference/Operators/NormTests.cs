using FsCheck;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

public class NormTests
{
    [Fact]
    public void L2Norm_EpsilonUnderTheRoot()
    {
        // Squares 25 and 0; with eps = 144 the roots are 13 and 12. As the least norm it would give 0.25 and -0.33.
        double[] x = [3, -4, 0, 0];
        L2Norm.Run(x, 2, 144);

        Expect.Near("x", [2, 2], [3.0 / 13, -4.0 / 13, 0, 0], x, 1e-15);
    }

    [Property]
    public void L2Norm_AnyRow_HasLengthOneAndKeepsDirection(PositiveInt length, int seed)
    {
        var random = new Random(seed);
        double[] x = random.Array(3 * length.Get, 100), y = [.. x];
        L2Norm.Run(y, length.Get, 0);
        for (int row = 0; row < 3; row++)
        {
            ReadOnlySpan<double> before = x.AsSpan(row * length.Get, length.Get), after = y.AsSpan(row * length.Get, length.Get);
            double norm = DeltaRuleInputs.Norm(before);
            Assert.Equal(1, DeltaRuleInputs.Norm(after), 1e-12);
            for (int i = 0; i < length.Get; i++) Assert.Equal(before[i], after[i] * norm, 1e-10);
        }
    }

    [Fact]
    public void RmsNorm_EpsilonUnderTheRoot_TimesWeights()
    {
        // Mean squares 12.5 and 0; with eps = 3.5 the roots are 4 and sqrt(3.5).
        double[] x = [3, -4, 0, 0], y = new double[4];
        RmsNorm.Run(x, [2, 10], 3.5, y);

        Expect.Near("y", [2, 2], [1.5, -10, 0, 0], y, 1e-15);
    }

    [Fact]
    public void RmsNorm_InPlace_SameBits()
    {
        double[] x = new Random(5).Array(21), y = new double[21], weights = new Random(6).Array(7);
        RmsNorm.Run(x, weights, 1e-6, y);
        RmsNorm.Run(x, weights, 1e-6, x);

        Expect.SameBits<double>("y", [3, 7], y, x);
    }

    [Fact]
    public void RunGated_NormalisesFirst_ThenGates()
    {
        double[] x = [3, -4], z = [2, -1];
        RmsNorm.RunGated<double>(x, z, [2, 10], 3.5);

        Expect.Near("x", [1, 2], [1.5 * Activations.SiLU(2.0), -10 * Activations.SiLU(-1.0)], x, 1e-14);
    }
}
