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

    [Fact]
    public void RouteBySigmoid_Bias_ChoosesButDoesNotWeigh()
    {
        // Sigmoids 0.5, 0.8, 0.6, 0.75; the bias lifts the first over the third and the last.
        double[] logits = [0, Math.Log(4), Math.Log(1.5), Math.Log(3)];
        ExpertRouting<double> routing = ExpertRouter.RouteBySigmoid<double>(logits, [0.28, 0, 0, 0], 2, 2);

        Assert.Equal([1, 0], routing.Experts);
        Expect.Near("weights", [2], [1.6 / 1.3, 1.0 / 1.3], routing.Weights, 1e-15);
        Assert.Equal(4 * (0.78 - 0.75), routing.Margin, 1e-12);
    }

    // Changing every logit by less than half the margin cannot change the choice.
    [Property]
    public void RouteBySigmoid_LogitsMovedWithinTheMargin_SameExperts(int seed)
    {
        var random = new Random(seed);
        double[] logits = random.Array(9, 2), bias = random.Array(9, 0.2);
        ExpertRouting<double> routing = ExpertRouter.RouteBySigmoid<double>(logits, bias, 3, 1);
        double[] moved = [.. logits.Select(logit => logit + (random.NextDouble() - 0.5) * 0.999 * routing.Margin)];
        Assert.Equal(
            routing.Experts.Order(), ExpertRouter.RouteBySigmoid<double>(moved, bias, 3, 1).Experts.Order());
    }

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
