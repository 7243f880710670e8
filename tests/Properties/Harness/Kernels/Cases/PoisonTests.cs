using Gdn.Harness.Kernels.Cases;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Cases;

public class PoisonTests
{
    private static IEnumerable<Poison> Every =>
    [
        .. Enum.GetValues<CallBuffer>().SelectMany(buffer =>
            new[] { Poison.InFrontOf(buffer), Poison.Behind(buffer), Poison.Unwritten(buffer) }),
        .. Enumerable.Range(0, 10_000).Select(Poison.InRow),
    ];

    [Fact]
    public void Of_EveryPoison_IsRecognisedAndNoTwoAreAlike()
    {
        foreach (Poison poison in Every)
        {
            Assert.True(float.IsNaN(poison.Value));
            Assert.Equal(poison, Poison.Of(poison.Value));
            Assert.Equal(poison, Poison.Of(-poison.Value));
        }

        Assert.Equal(Every.Count(), Every.Select(poison => poison.Bits).Distinct().Count());
    }

    // On the hardware that the tests run on; elsewhere the tool says less, and nothing wrong.
    [Fact]
    public void Of_ResultOfArithmetic_IsWhatWasRead()
    {
        foreach (Poison poison in Every.Where((_, i) => i % 100 == 0))
        {
            float x = poison.Value;
            Assert.Equal(poison, Poison.Of(0.5f * (3 - x) + 1));
            Assert.Equal(poison, Poison.Of(MathF.FusedMultiplyAdd(2, x, 1)));
            Assert.Equal(poison, Poison.Of((float)((double)x + 1)));
        }
    }

    [Theory]
    [InlineData(0x7FC00000u)]
    [InlineData(0xFFC00000u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0x7F800001u)]
    [InlineData(0x7F800000u)]
    [InlineData(0x3F800000u)]
    public void Of_AnythingElse_IsNone(uint bits) => Assert.Null(Poison.Of(BitConverter.UInt32BitsToSingle(bits)));
}
