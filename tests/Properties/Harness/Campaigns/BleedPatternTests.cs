using Gdn.Harness.Campaigns;
using Gdn.Harness.Traffic;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public sealed class BleedPatternTests
{
    private static (int, Scenario, bool)[] Rows(int[] np, Scenario[] scenarios, Func<int, Scenario, bool> isDirty) =>
        [.. np.SelectMany(slots => scenarios.Select(scenario => (slots, scenario, isDirty(slots, scenario))))];

    [Fact]
    public void DirtyFromAnNpOnInAllScenarios() => Assert.Equal(
        "clean at np 2, dirty from 3, in each of 2 scenarios, from the 5th token of an answer on, donor: another live request",
        new BleedPattern(Rows([2, 3, 4], [Scenario.Churn, Scenario.Steady], (np, _) => np >= 3))
        {
            FirstToken = 5,
            Donors = (2, 2),
        }.ToString());

    [Fact]
    public void DirtyInSomeScenarios() => Assert.Equal(
        "clean at np 2..5, dirty from 6, in churn and staggered, not in steady, donor: another live request (1 of 3 victims)",
        new BleedPattern(Rows(
            [2, 3, 4, 5, 6], [Scenario.Churn, Scenario.Staggered, Scenario.Steady], (np, scenario) => np == 6 && scenario != Scenario.Steady))
        {
            Donors = (1, 3),
        }.ToString());

    [Fact]
    public void DirtyEverywhere_OrHereAndThere()
    {
        Assert.Equal("dirty from np 2, the smallest tried, in cache", $"{new BleedPattern(Rows([2, 3], [Scenario.Cache], (_, _) => true))}");
        Assert.Equal(
            "clean at np 2, dirty from 3, clean again at 4 and 6, in cache",
            $"{new BleedPattern(Rows([2, 3, 4, 5, 6], [Scenario.Cache], (np, _) => np % 2 == 1))}");
        Assert.Equal("", $"{new BleedPattern(Rows([2, 3], [Scenario.Cache], (_, _) => false))}");
    }

    [Theory]
    [InlineData("", new int[0])]
    [InlineData("4", new[] { 4 })]
    [InlineData("2 and 3", new[] { 3, 2 })]
    [InlineData("2..4, 6 and 8", new[] { 8, 6, 4, 3, 2 })]
    [InlineData("1..3 and 5..7", new[] { 1, 2, 3, 5, 6, 7 })]
    public void Ranges_AreListed(string text, int[] numbers) => Assert.Equal(text, BleedPattern.Ranges(numbers));
}
