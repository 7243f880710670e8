using FsCheck;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

public class ExpertRouterTests
{
    [Fact]
    public void Route_KnownLogits_WorkedByHand()
    {
        // Probabilities proportional to 1, 6, 2, 3; the best two are renormalised to 6/9 and 3/9.
        ExpertRouting<double> routing = ExpertRouter.Route<double>([0, Math.Log(6), Math.Log(2), Math.Log(3)], 2, 1);

        Assert.Equal([1, 3], routing.Experts);
        Expect.Near("weights", [2], [6.0 / 9, 3.0 / 9], routing.Weights, 1e-15);
        Assert.Equal(Math.Log(3) - Math.Log(2), routing.Margin);
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, 2, 2, 0 }, 2, new[] { 1, 2 })]
    [InlineData(new[] { 3.0, 3, 3 }, 1, new[] { 0 })]
    [InlineData(new[] { 1.0, 5, 1 }, 2, new[] { 1, 0 })]
    public void Route_Ties_PickTheLowerIndexWithMarginZero(double[] logits, int used, int[] expected)
    {
        ExpertRouting<double> routing = ExpertRouter.Route<double>(logits, used, 1);

        Assert.Equal(expected, routing.Experts);
        Assert.Equal(0, routing.Margin);
    }

    [Fact]
    public void Route_EveryExpertUsed_HasInfiniteMargin() =>
        Assert.Equal(double.PositiveInfinity, ExpertRouter.Route<double>([1, 2], 2, 1).Margin);

    [Property]
    public void Route_AnyLogits_WeightsAddUpToTheScale(PositiveInt used, PositiveInt more, int seed)
    {
        double[] logits = new Random(seed).Array(used.Get + more.Get, 5);
        ExpertRouting<double> routing = ExpertRouter.Route<double>(logits, used.Get, 2.5);

        Assert.Equal(2.5, routing.Weights.Sum(), 1e-12);
        Assert.Equal(routing.Weights.OrderDescending(), routing.Weights);
        Assert.Equal(
            routing.Experts.Min(e => logits[e]) - logits.Where((_, e) => !routing.Experts.Contains(e)).Max(), routing.Margin);
    }
}
