using Gdn.Harness;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>Each check finds what it is for, finds nothing else, and is silent on the clean engine.</summary>
public class ModelChecksTests
{
    private static readonly NonInterferenceCheck NonInterference = new();
    private static readonly DifferentialCheck Differential = new();
    private static readonly SplitInvarianceCheck SplitInvariance = new();
    private static readonly SoloCheck Solo = new();

    private static void Nothing(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history)
    {
    }

    // Another sequence's last token shifts this one's logits by one part in a hundred thousand.
    private static void Leak(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history)
    {
        int row = 0, vocabulary = logits.Length / batch.OutputCount;
        foreach (BatchToken token in batch.Tokens)
        {
            if (!token.Output) continue;
            int other = history.LastOrDefault(t => t.Sequence != token.Sequence).Token;
            logits[row++ * vocabulary] *= 1 + other * 1e-5f;
        }
    }

    // The same error for everyone: only a reference can see it.
    private static void Scale(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history)
    {
        foreach (ref float logit in logits) logit *= 1.001f;
    }

    // Batches of several tokens are computed otherwise than single tokens.
    private static void DependOnBatchLength(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history) =>
        logits[0] += batch.Count > 1 ? 0.01f : 0;

    // The same by one rounding.
    private static void LastBit(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history) =>
        logits[0] = batch.Count > 1 ? MathF.BitIncrement(logits[0]) : logits[0];

    private sealed class Promising(IModelEngine inner, bool isCutInvariant) : ForwardingEngine(inner)
    {
        public override EngineInfo Info =>
            base.Info with { Capabilities = base.Info.Capabilities with { IsCutInvariant = isCutInvariant } };
    }

    private static void LeaveUnwritten(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history) =>
        logits[^1] = float.NaN;

    private static void Throw(TokenBatch batch, Span<float> logits, IReadOnlyList<BatchToken> history) =>
        throw new InvalidOperationException("out of luck");

    private static ModelCase[] Cases(Deviation deviation) => Cases(engine => new DeviatingEngine(engine, deviation));

    private static ModelCase[] Cases(Func<IModelEngine, IModelEngine> spoil) => [.. Enumerable.Range(0, 24).Select(i =>
        new ModelCase(
            ScheduleGenerator.Generate(SeededRandom.Derive(99, (ulong)i), SampleModels.Qwen35.Limits(1 + i % 8)),
            new DeviatingSource("deviating", spoil), SampleModels.Qwen35))];

    private static int Caught(IModelCheck check, Deviation deviation) =>
        Cases(deviation).Count(@case => check.RunGuarded(@case, CancellationToken.None).Discrepancy is not null);

    [Fact]
    public void AllChecks_CleanEngine_AreSilentAndCompareSomething()
    {
        ModelCase[] cases = Cases(Nothing);
        foreach (IModelCheck check in ModelChecks.All.Append(Solo))
        {
            CheckOutcome[] outcomes = [.. cases.Select(@case => check.RunGuarded(@case, CancellationToken.None))];
            Assert.All(outcomes, outcome => Assert.Null(outcome.Discrepancy));
            Assert.True(check is PlayCheck or BatchHandlingCheck || outcomes.Count(outcome => outcome.Rows > 0) >= 12, $"{check.Name} hardly compares anything");
        }
    }

    [Fact]
    public void NonInterference_LeakOfOnePartInAHundredThousand_IsCaught() => Assert.True(Caught(NonInterference, Leak) >= 12);

    [Fact]
    public void NonInterference_ErrorThatIsTheSameForEveryone_IsNotItsBusiness() =>
        Assert.Equal(0, Caught(NonInterference, Scale) + Caught(NonInterference, DependOnBatchLength));

    [Fact]
    public void Differential_ErrorOfOneInAThousand_IsCaughtEverywhere() => Assert.Equal(24, Caught(Differential, Scale));

    [Fact]
    public void SplitInvariance_DependenceOnBatchLength_IsCaught() =>
        Assert.True(Caught(SplitInvariance, DependOnBatchLength) >= 12);

    // The reference promises equal bits however a sequence is cut.
    [Fact]
    public void SplitInvariance_LastBitOfWhatPromisesNone_IsCaught()
    {
        Assert.True(Caught(SplitInvariance, LastBit) >= 12);
        Assert.Equal(0, Cases(engine => new Promising(new DeviatingEngine(engine, LastBit), isCutInvariant: false))
            .Count(@case => SplitInvariance.RunGuarded(@case, CancellationToken.None).Discrepancy is not null));
    }

    [Fact]
    public void Solo_Leak_IsCaught() => Assert.True(Caught(Solo, Leak) >= 12);

    [Fact]
    public void Differential_NotANumber_IsCaughtEverywhere() => Assert.Equal(24, Caught(Differential, LeaveUnwritten));

    [Fact]
    public void AnyCheck_EngineThrows_IsAFindingWithItsStep()
    {
        Discrepancy discrepancy = Differential.RunGuarded(Cases(Throw)[3], CancellationToken.None).Discrepancy!;
        Assert.Contains("out of luck", discrepancy.Summary(), StringComparison.Ordinal);
        Assert.Equal(0, discrepancy.Origin.Step);
    }

    [Fact]
    public void Differential_Summary_NamesEverything()
    {
        string summary = Differential.RunGuarded(Cases(Scale)[2], CancellationToken.None).Discrepancy!.Summary();
        Assert.Matches(
            @"^differential: np \d+, step \d+, sequence \d+ in slot \d+, position \d+, logit of token \d+: "
            + @"expected \S+, actual \S+, allowed difference \S+; \d+ of \d+ rows wrong \(", summary);
    }

    [Fact]
    public void Campaign_Leak_IsShrunkToFewStepsAndReplays()
    {
        var source = new DeviatingSource("deviating", Leak);
        var options = new ScheduleOptions(source, SampleModels.Qwen35, Seed: 3, Cases: 64, Slots: [1, 2, 3, 4]);
        ScheduleResult result = new ScheduleCampaign(options).Run(null, CancellationToken.None);

        Assert.NotEmpty(result.Findings);
        Assert.All(result.Findings, finding =>
        {
            Assert.InRange(finding.Replay!.Schedule!.Steps.Count, 1, 3);
            var @case = new ModelCase(finding.Replay.Schedule!, source, SampleModels.Qwen35);
            Assert.NotNull(ModelChecks.Named(finding.Check).RunGuarded(@case, CancellationToken.None).Discrepancy);
        });
    }

    [Fact]
    public void Campaign_Twice_ReportsTheSame()
    {
        static IEnumerable<string> Findings() => new ScheduleCampaign(new ScheduleOptions(new DeviatingSource("d", Leak), SampleModels.Qwen35, Seed: 4, Cases: 40, Slots: [3])).Run(null,
            CancellationToken.None).Findings.Select(finding => finding.Summary);
        Assert.Equal(Findings(), Findings());
    }

    [Fact]
    public void Campaign_Cancelled_IsNotCompleted()
    {
        using var cancellation = new CancellationTokenSource();
        var options = new ScheduleOptions(EngineCatalog.Parse("reference"), SampleModels.Qwen35, Seed: 1, Cases: 1000, Slots: [2]);
        int done = 0;
        ScheduleResult result = new ScheduleCampaign(options).Run(_ =>
            {
                if (Interlocked.Increment(ref done) == 3) cancellation.Cancel();
            },
            cancellation.Token);
        Assert.False(result.Completed);
        Assert.InRange(result.Rows.Sum(row => row.Cases), 3, 10);
    }
}
