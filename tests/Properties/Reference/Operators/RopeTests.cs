using FsCheck;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

public class RopeTests
{
    private const double Base = 10_000_000;

    [Fact]
    public void Apply_PlainForm_RotatesPairsAcrossTheHalves()
    {
        // Two pairs, base 100: angles 3 and 3 / 10; the entries beyond the rotated dimensions pass.
        double[] head = [1, 0, 0, 2, 5, 6];
        new Rope(4, 100, []).Apply<double>(head, position: 3);

        Expect.Near(
            "head", [6], [Math.Cos(3), -2 * Math.Sin(0.3), Math.Sin(3), 2 * Math.Cos(0.3), 5, 6], head, 1e-15);
    }

    [Property]
    public void Apply_SectionsOfPublishedModels_EqualsPlain(NonNegativeInt position, int seed)
    {
        double[] plain = new Random(seed).Array(128), sectioned = [.. plain];
        new Rope(64, Base, []).Apply<double>(plain, position.Get);
        new Rope(64, Base, [11, 11, 10, 0]).Apply<double>(sectioned, position.Get);

        Expect.SameBits<double>("head", [128], plain, sectioned);
    }

    [Fact]
    public void Apply_SectionsThatRunOut_LeaveTheirPairsUnrotated()
    {
        // Time has 4 of 16 pairs, so 0, 3, 6 and 9 turn; 12 and 15 would be its fifth and sixth.
        int[] sections = [4, 6, 6, 0];
        double[] head = new Random(1).Array(32), plain = [.. head], sectioned = [.. head];
        new Rope(32, Base, []).Apply<double>(plain, 1000);
        new Rope(32, Base, sections).Apply<double>(sectioned, 1000);

        for (int i = 0; i < 32; i++) Assert.Equal(i % 16 is 12 or 15 ? head[i] : plain[i], sectioned[i]);
        Assert.NotEqual(head[12], plain[12]);
    }

    [Fact]
    public void IsRotated_FourthSection_TakesNoPosition()
    {
        // All sections of size 1: pairs 0, 1, 2 go to time, height and width, pair 3 finds time used up; then again.
        var rope = new Rope(16, Base, [1, 1, 1, 1]);

        Assert.Equal([true, true, true, false, true, true, true, false], Enumerable.Range(0, 8).Select(rope.IsRotated));
    }

    [Property]
    public void Apply_PositionZero_IsIdentity(int seed)
    {
        double[] head = new Random(seed).Array(24), rotated = [.. head];
        new Rope(16, Base, [3, 3, 2, 0]).Apply<double>(rotated, 0);

        Expect.Near("head", [24], head, rotated, 0);
    }

    [Property]
    public void Apply_AnyPosition_PreservesNormAndRelativeAngle(int seed, NonNegativeInt position, NonNegativeInt shift)
    {
        // q at p and k at r meet at an angle that depends on p - r only.
        var rope = new Rope(16, Base, []);
        var random = new Random(seed);
        double[] q = random.Array(16), k = random.Array(16);
        double[] At(double[] x, int p)
        {
            double[] rotated = [.. x];
            rope.Apply<double>(rotated, p);
            return rotated;
        }

        double near = Linear.Dot<double>(At(q, position.Get), At(k, 0));
        double far = Linear.Dot<double>(At(q, position.Get + shift.Get), At(k, shift.Get));

        Assert.Equal(DeltaRuleInputs.Norm(q), DeltaRuleInputs.Norm(At(q, position.Get)), 1e-13);
        Assert.Equal(near, far, 1e-10);
    }
}
