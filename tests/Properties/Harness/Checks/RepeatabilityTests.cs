using Gdn.Harness.Checks;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>What has given other bits once is not held to bits again; what never has is asked often at first, then once.</summary>
public sealed class RepeatabilityTests
{
    private static Repeatability New => Repeatability.Of(new FlakySource(period: 2));

    [Fact]
    public void Holds_AlwaysEqual_AsksOftenOnlyOnce()
    {
        Repeatability engine = New;
        int runs = 0;
        Assert.True(engine.Holds(() => ++runs > 0));
        Assert.Equal(100, runs);
        Assert.True(engine.Holds(() => ++runs > 0));
        Assert.Equal(101, runs);
    }

    [Fact]
    public void Holds_OnceDifferent_NeverAgain()
    {
        Repeatability engine = New;
        int runs = 0;
        Assert.False(engine.Holds(() => ++runs < 50));
        Assert.False(engine.Holds(() => ++runs > 0));
        Assert.Equal(50, runs);
    }
}
