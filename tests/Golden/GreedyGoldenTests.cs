using Gdn.Harness.Models;
using Xunit;

namespace Gdn.Golden;

/// <summary>The shipped model: reference, batched engine, llama.cpp and PyTorch must say the same.</summary>
public sealed class GreedyGoldenTests(ITestOutputHelper output)
{
    /// <summary>What training measured in double, rounded to six digits, against llama.cpp in float.</summary>
    private const double TrainingTolerance = 1e-3;

    [Fact]
    public void Vectors_AreOfTheShippedModel() => Assert.Equal(
        ShippedModel.Sha256,
        GreedyGolden.Vectors.Environment.GetProperty("model").GetProperty("sha256").GetString());

    [Fact]
    public void Reference_Greedy_SameTokensAsLlamaCpp() => AssertSame(GreedyGolden.Reference);

    [Fact]
    public void Cpu_Greedy_SameTokensAsLlamaCpp() => AssertSame(GreedyGolden.Cpu);

    /// <summary>PyTorch went its own way from the prompt on; to be equal, every choice of 128 must have been.</summary>
    [Fact]
    public void Training_Greedy_SameTokensAsLlamaCpp() => Assert.All(GreedyGolden.Vectors.Cases, golden =>
    {
        Assert.Equal(golden.Ints("generated"), golden.Ints("trained"));
        GoldenDeviation worst = GoldenComparison.Absolute(
            $"{golden} trained_log_probs[step]", golden.Shape("log_probs"), golden.Floats("log_probs"),
            golden.Doubles("trained_log_probs"), TrainingTolerance);
        Assert.True(worst.Agrees, worst.ToString());
    });

    /// <summary>A token behind the prompt that llama.cpp was not given: the comparison must notice.</summary>
    [Fact]
    public void Compare_ShiftedPrompt_Differs()
    {
        IReadOnlyList<GreedyComparison> results = GreedyGolden.Compare(() =>
        {
            GreedyGolden.NextLogits engine = GreedyGolden.Cpu();
            engine([1], new double[GreedyGolden.Model.Config.Vocabulary]);
            return engine;
        });

        Assert.Contains(results, result => !result.Worst.Agrees);
        Assert.Contains(results, result => result.Differences.Any(difference => !difference.IsTie));
    }

    private void AssertSame(Func<GreedyGolden.NextLogits> engine)
    {
        IReadOnlyList<GreedyComparison> results = GreedyGolden.Compare(engine);

        Assert.Equal(64, results.Count);
        Assert.All(results, result => Assert.True(result.Worst.Agrees, result.Worst.ToString()));
        GreedyDifference[] differences = [.. results.SelectMany(result => result.Differences)];
        foreach (GreedyDifference difference in differences) output.WriteLine($"near-tie, {difference}");
        Assert.All(differences, difference => Assert.True(difference.IsTie, difference.ToString()));
        output.WriteLine(results.MaxBy(result => Math.Abs(result.Worst.Actual - result.Worst.Expected))!.Worst.ToString());
    }
}
