using Gdn.Harness;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Speculation;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Speculation;

/// <summary>Drafts change how answers are computed, never the answers.</summary>
public class SpeculativeDecoderTests
{
    private const int Tokens = 24;

    private static readonly LoadedModel Model = SampleModels.Drafting;

    private static readonly int[][] Prompts =
        [.. Enumerable.Range(0, 4).Select(i => Random(i, length: 3 + 7 * i))];

    public static TheoryData<string, double> Ways()
    {
        var ways = new TheoryData<string, double>();
        foreach (string source in (string[])["head", "lookup", "model", "perfect", "wrong", "alternating", "mixed", "wrong-from-2"])
            foreach (double temperature in (double[])[0, 0.8]) ways.Add(source, temperature);
        return ways;
    }

    /// <summary>In the reference, whose bits do not depend on how tokens are cut, logits too.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_WithDrafts_SameTokensAndLogitsAsWithout(string source, double temperature)
    {
        SpeculativeRun plain = Run("reference", "none", 0, temperature);
        int drafted = 0, rejected = 0;
        foreach (int drafts in (int[])[1, 2, 5, 8])
        {
            SpeculativeRun run = Run("reference", source, drafts, temperature, plain);
            foreach ((DraftedAnswer expected, DraftedAnswer actual) in plain.Answers.Zip(run.Answers))
            {
                Assert.Equal(expected.Ids, actual.Ids);
                foreach ((ChosenToken right, ChosenToken token) in expected.Tokens.Zip(actual.Tokens))
                    Assert.True(SameBits(right.Logits, token.Logits), $"{source} K {drafts}: other logits");
                Assert.Equal(Tokens - 1, actual.Rounds.Sum(round => round.Accepted + 1));
                drafted += actual.Rounds.Sum(round => round.Drafts.Length);
                rejected += actual.Rounds.Sum(round => round.Drafts.Length - round.Accepted);
            }
        }

        Assert.True(drafted > 30, $"only {drafted} drafts");
        bool isNeverWrong = source == "perfect" || source == "model" && temperature == 0;
        Assert.Equal(!isNeverWrong, rejected > 0);
    }

    /// <summary>
    /// The state after a rollback is, in every bit, that of an engine that never saw the rejected tokens: the same batches without
    /// them give the same logits.
    /// </summary>
    [Theory]
    [InlineData("mixed")]
    [InlineData("wrong")]
    [InlineData("alternating")]
    [InlineData("head")]
    public void Run_OnCpu_SameBitsAsIfRejectedTokensHadNeverBeen(string source)
    {
        SpeculativeRun plain = Run("cpu", "none", 0, 0);
        for (int drafts = 1; drafts <= 8; drafts++)
        {
            SpeculativeRun run = Run("cpu", source, drafts, 0, plain);
            Assert.Equal(plain.Answers.Select(answer => answer.Ids), run.Answers.Select(answer => answer.Ids));
            var never = new Queue<float[]>(Rows(WithoutRejected(run.Schedule)));
            foreach (float[] row in Kept(run.Schedule, Rows(run.Schedule)))
                Assert.True(SameBits(never.Dequeue(), row), $"{source} K {drafts}: the rejected tokens left a trace");
            Assert.Empty(never);
        }
    }

    /// <summary>What it did is a schedule: played, it gives the rows again.</summary>
    [Fact]
    public void Run_ItsSchedule_GivesTheSameRows()
    {
        SpeculativeRun run = Run("cpu", "mixed", 5, 0.8, Run("cpu", "none", 0, 0.8));
        float[][] rows = [.. Rows(run.Schedule)];
        foreach (ChosenToken token in run.Answers.SelectMany(answer => answer.Tokens))
            Assert.True(SameBits(token.Logits, rows[token.Row]));
    }

    [Fact]
    public void Run_EndInsideADraft_EndsThere()
    {
        SpeculativeRun plain = Run("reference", "none", 0, 0);
        int end = plain.Answers[1].Ids[9], at = Array.IndexOf(plain.Answers[1].Ids, end);
        SpeculativeRun run = Run("reference", "perfect", 8, 0, plain, end: end);
        Assert.Equal(plain.Answers[1].Ids[..(at + 1)], run.Answers[1].Ids);
        foreach ((DraftedAnswer expected, DraftedAnswer actual) in plain.Answers.Zip(run.Answers))
            Assert.Equal(expected.Ids[..actual.Tokens.Count], actual.Ids);
    }

    [Theory]
    [InlineData(false, 3, 2)]
    [InlineData(true, 3, 2)]
    [InlineData(false, 1, 0)]
    public void MostDrafts_FollowsWhatTheEngineDeclares(bool rollsBackWholeBatch, int planes, int expected) => Assert.Equal(
        expected,
        SpeculationOptions.MostDrafts(new EngineCapabilities { RollsBackWholeBatch = rollsBackWholeBatch }, planes));

    [Fact]
    public void MostDrafts_NoRollback_None()
    {
        Assert.Equal(0, SpeculationOptions.MostDrafts(new EngineCapabilities { Rollback = RollbackSupport.None }, 9));
        Assert.Equal(4, SpeculationOptions.MostDrafts(new EngineCapabilities { RollbackDepth = 4 }, 9));
    }

    private static SpeculativeRun Run(
        string engineName, string source, int drafts, double temperature, SpeculativeRun? plain = null, int end = -1)
    {
        const int planes = 9;
        using NamedEngine factory = EngineCatalog.Parse(engineName);
        using IModelEngine engine = factory.Create(Model.Options(Prompts.Length, planes) with { Drafts = true });
        int[][] answers = plain is null ? [] : [.. plain.Answers.Select(answer => answer.Ids)];
        using IDraftSource made = source switch
        {
            "none" => new NoDrafts(),
            "head" => new HeadDrafts((IDraftingEngine)engine),
            "lookup" => new LookupDrafts(),
            // The model itself: as good as a draft model can be, where no choice is random.
            "model" => new ModelDrafts(factory.Create(Model.Options(Prompts.Length, planes: 1))),
            _ => new ForcedDrafts(Pattern(source), answers, Model.Config.Vocabulary),
        };
        var options = new SpeculationOptions(drafts, Tokens) { Temperature = temperature, Seed = 5, End = end, UbatchTokens = 16 };
        var rules = new ScheduleRules(Model.Limits(Prompts.Length), engine.Info.Capabilities);
        return new SpeculativeDecoder(engine, made, rules, planes, options).Run(Prompts, TestContext.Current.CancellationToken);
    }

    private static ForcedPattern Pattern(string name) => new[]
    {
        ForcedPattern.Perfect, ForcedPattern.Wrong, ForcedPattern.Alternating, ForcedPattern.Mixed, ForcedPattern.WrongFrom(2),
    }.Single(pattern => pattern.Name == name);

    // Prompts that repeat themselves, so that looking up finds something.
    private static int[] Random(int seed, int length)
    {
        var random = new SeededRandom((ulong)seed);
        int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(Model.Config.Vocabulary))];
        return [.. tokens, .. tokens];
    }

    private static IEnumerable<float[]> Rows(Schedule schedule)
    {
        using NamedEngine factory = EngineCatalog.Parse("cpu");
        using IModelEngine engine = factory.Create(Model.Options(schedule.Slots, schedule.Planes));
        return [.. EngineRun.Of(schedule, engine, TestContext.Current.CancellationToken).Rows.Select(row => row.Logits)];
    }

    private static Schedule WithoutRejected(Schedule schedule)
    {
        var steps = new List<ScheduleStep>(schedule.Steps);
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            if (steps[i] is not RollbackStep rollback) continue;
            int batch = steps.FindLastIndex(i, step => step is DecodeStep);
            steps[batch] = (DecodeStep)steps[batch] with
            {
                Runs = [.. ((DecodeStep)steps[batch]).Runs.Select(run => run.Sequence == rollback.Sequence
                    ? run with { Tokens = [.. run.Tokens.SkipLast(rollback.Count)] }
                    : run)],
            };
            steps.RemoveAt(i);
        }

        return schedule with { Steps = steps };
    }

    // The rows of tokens that were not rejected, in the order of the schedule without these.
    private static IEnumerable<float[]> Kept(Schedule schedule, IEnumerable<float[]> rows)
    {
        var left = new Queue<float[]>(rows);
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            if (schedule.Steps[i] is not DecodeStep batch) continue;
            Dictionary<int, int> rejected = schedule.Steps.Skip(i + 1).TakeWhile(step => step is RollbackStep).Cast<RollbackStep>()
                .ToDictionary(step => step.Sequence, step => step.Count);
            foreach ((int run, int token) in batch.Rows)
            {
                float[] row = left.Dequeue();
                if (token < batch.Runs[run].Tokens.Count - rejected.GetValueOrDefault(batch.Runs[run].Sequence)) yield return row;
            }
        }
    }

    private static bool SameBits(float[] one, float[] other) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(one).SequenceEqual(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(other));
}
