using Gdn.Harness.Engines;
using Gdn.Harness.Metrics;
using Gdn.Harness.Models;
using Gdn.Harness.Throughput;
using Xunit;

namespace Gdn.Properties.Harness.Throughput;

/// <summary>The procedure on a simulated machine, so that no real one's load decides; on this one by hand (docs/compare.md).</summary>
public class SpeedTrialTests
{
    private static readonly IReadOnlyList<Workload> Grid = WorkloadGrid.Of([1, 4], [0, 8], prompt: 4, answer: 2);

    private static readonly SpeedTrialOptions Options = new() { Rounds = 8, Stages = 3 };

    private static SpeedTrial Trial(
        ulong seed, Func<SimulatedSubject, SimulatedSubject> change, double noise = 0.01, IReadOnlyList<Workload>? grid = null)
    {
        var same = new SimulatedSubject(new SimulatedMachine(seed, noise));
        return new SpeedTrial(same, change(same), grid ?? Grid, Options, seed);
    }

    private static IReadOnlyList<SpeedAnswer> Run(SpeedTrial trial) => trial.Run(() => { }, CancellationToken.None);

    private static int Count(int runs, Func<ulong, bool> holds) => Enumerable.Range(0, runs).Count(run => holds((ulong)run));

    [Fact]
    public void Run_SameSpeed_RaisesNoAlarmAndIsDecided()
    {
        const int runs = 10;
        int alarms = Count(runs, run => Run(Trial(run, same => same, noise: 0.006, [.. Grid.Take(2)])) is var answers
            && answers.Any(answer => answer.Verdict is RatioVerdict.Faster or RatioVerdict.Slower));
        Assert.True(alarms <= 1, $"{alarms} of {runs}");
        Assert.All(Run(Trial(1, same => same, noise: 0.003)), answer => Assert.Equal(RatioVerdict.Equivalent, answer.Verdict));
    }

    [Fact]
    public void Run_SlowAnswers_AreFoundAndPromptsAreNot()
    {
        const int runs = 20;
        int found = Count(runs, run =>
        {
            IReadOnlyList<SpeedAnswer> answers = Run(Trial(run, same => same with { Answer = 1.04 }, noise: 0.005, [Grid[0]]));
            return answers.Single(answer => answer.Question.Phase == Phase.Answer).Verdict == RatioVerdict.Slower
                && answers.Single(answer => answer.Question.Phase == Phase.Prompt).Verdict == RatioVerdict.Equivalent;
        });
        Assert.True(found >= 19, $"{found} of {runs}");
    }

    // What the engines have no part in differs by as much.
    [Fact]
    public void Run_DifferenceOfTheMachine_DoesNotCount()
    {
        SpeedTrial trial = Trial(3, same => same with { Answer = 1.04, Prompt = 1.04, Floor = 1.04 }, noise: 0.002, [Grid[0]]);
        Assert.All(Run(trial), answer => Assert.Equal(RatioVerdict.Inconclusive, answer.Verdict));
        Assert.InRange(trial.Margin, 0.04, 0.07);
    }

    [Fact]
    public void Run_DifferenceThatGoesAway_IsNotConfirmed()
    {
        // A first round that is thrown away, a stage of eight, all workloads on two np; the confirming run finds other engines.
        SpeedAnswer answer = Run(Trial(5, same => same with { Answer = 1.2, Passing = 9 }, noise: 0.002, [Grid[0]]))
            .Single(answer => answer.Question.Phase == Phase.Answer);
        Assert.Equal((RatioVerdict.Inconclusive, true), (answer.Verdict, answer.IsUnconfirmed));
    }

    // What is clear is not measured for long; what is not is measured until the stages end.
    [Fact]
    public void Run_NoisyMachine_TakesAllStages()
    {
        int rounds = 0;
        var same = new SimulatedSubject(new SimulatedMachine(1, noise: 0.2));
        var trial = new SpeedTrial(same, same, [Grid[0]], Options, seed: 1);
        Assert.All(trial.Run(() => rounds++, CancellationToken.None), answer => Assert.Equal(RatioVerdict.Inconclusive, answer.Verdict));
        Assert.Equal(32, rounds);

        rounds = 0;
        same = new SimulatedSubject(new SimulatedMachine(1, noise: 0.001));
        new SpeedTrial(same, same, [Grid[0]], Options, seed: 1).Run(() => rounds++, CancellationToken.None);
        Assert.Equal(8, rounds);
    }

    [Fact]
    public void Make_Plan_TakesMoreRoundsWhereThereIsMoreNoise()
    {
        SpeedPlan Plan(double noise) => SpeedPlan.Make(
            new SimulatedSubject(new SimulatedMachine(1, noise)), Grid, Options, seed: 1, CancellationToken.None)!;
        (SpeedPlan quiet, SpeedPlan loud) = (Plan(0.002), Plan(0.05));
        Assert.Equal((6, 16), (quiet.Rounds, loud.Rounds));
        Assert.InRange(quiet.Detectable(Phase.Answer, 6, 0.02), 0.021, 0.03);
        Assert.True(loud.Detectable(Phase.Answer, 16, 0.02) > 0.05);
    }

    /// <summary>By hand: how often equal engines are told apart on this machine, and how often a slow-down is found.</summary>
    [Theory(Explicit = true)]
    [InlineData("cpu", 200)]
    [InlineData("cpu+slow:4%", 40)]
    [InlineData("cpu+slow:11%", 40)]
    public void Run_OnThisMachine(string second, int runs)
    {
        var model = LoadedModel.Load(ShippedModel.Name);
        using NamedEngine a = EngineCatalog.Parse("cpu"), b = EngineCatalog.Parse(second);
        RatioVerdict[] verdicts = [.. Enumerable.Range(0, runs).Select(run => Run(new SpeedTrial(
                new EngineSubject(a, model), new EngineSubject(b, model), [new Workload(1, [0], 0, 64, 64)], Options with { Limit = TimeSpan.FromMinutes(1) }, (ulong)run))
            .Single(answer => answer.Question.Phase == Phase.Answer).Verdict)];
        string counts = string.Join(", ", verdicts.CountBy(verdict => verdict).Select(count => $"{count.Value} {count.Key}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{second}: {counts}");
        Assert.True(
            second == "cpu"
                ? verdicts.Count(verdict => verdict is RatioVerdict.Faster or RatioVerdict.Slower) <= 0.05 * runs
                : verdicts.Count(verdict => verdict == RatioVerdict.Slower) >= 0.95 * runs,
            counts);
    }
}
