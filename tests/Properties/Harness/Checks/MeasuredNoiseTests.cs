using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>
/// An engine that does not declare its arithmetic is judged by the noise that it shows when nothing can go wrong: more of that is
/// no finding, what comes from other sequences is one, and what is wrong everywhere is no noise.
/// </summary>
public sealed class MeasuredNoiseTests
{
    private const int Cases = 12;
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:small");

    private sealed class Undeclared(IModelEngine inner, Deviation deviation) : DeviatingEngine(inner, deviation)
    {
        public override EngineInfo Info => base.Info with
        {
            Capabilities = base.Info.Capabilities with { DeclaresArithmetic = false, IsCutInvariant = false },
        };
    }

    private static DeviatingSource Engine(Deviation deviation, bool declares = false) => new(
        "noisy", engine => declares ? new DeviatingEngine(engine, deviation) : new Undeclared(engine, deviation));

    // About what half precision does, and the same for equal values.
    private static void Round(Span<float> logits)
    {
        foreach (ref float logit in logits) logit = (float)(Half)logit;
    }

    private static void Jitter(Span<float> logits)
    {
        foreach (ref float logit in logits) logit *= 1 + 1e-4f * (Random.Shared.NextSingle() - 0.5f);
    }

    // Every row of a batch of several sequences takes a fifth of the row after it.
    private static void Bleed(Span<float> logits)
    {
        int vocabulary = Model.Config.Vocabulary;
        for (int i = 0; i + vocabulary < logits.Length; i++) logits[i] += 0.2f * logits[i + vocabulary];
    }

    private static string[] Failed(IEngineFactory engine)
    {
        EngineCapabilities declared = DeclaredCapabilities.Of(engine, Model);
        var schedules = new ScheduleSource(5, [new ScheduleRules(Model.Limits(2), declared), new ScheduleRules(Model.Limits(3), declared)]);
        return
        [
            .. ModelCaseRunner.Run(
                    [.. Enumerable.Range(0, Cases).Select(
                        i => (Func<ModelCase>)(() => new ModelCase(schedules[i], engine, Model, declared)))],
                    ModelChecks.All, caseDone: null, default)
                .SelectMany(result => result.Failures).Select(failure => failure.Check.Name).Distinct(),
        ];
    }

    [Fact]
    public void Of_EngineThatDeclares_IsNotMeasured()
    {
        MeasuredNoise noise = MeasuredNoise.Of(Engine((_, _, _) => { }, declares: true), Model);
        Assert.Equal((1, 1, 0), (noise.Scale, noise.MoveShare, noise.Rows));
    }

    [Fact]
    public void Of_RoundedLogits_IsWhatHalfPrecisionDoes()
    {
        MeasuredNoise noise = MeasuredNoise.Of(Engine((_, logits, _) => Round(logits)), Model);
        Assert.InRange(noise.Scale, 10, 10000);
        Assert.InRange(noise.Typical, 1e-5, 1e-2);
        Assert.Equal(32 * 3 * 12, noise.Rows);
        Assert.InRange(noise.MoveShare, 0, 1);
    }

    // However large its errors are alone, a row that is nearer to an unrelated one than to itself is wrong.
    [Fact]
    public void Allowed_LargeNoise_EndsHalfWayToUnrelatedRows()
    {
        MeasuredNoise noise = MeasuredNoise.Of(Engine((_, logits, _) => logits.Clear()), Model);
        double[] row = [3, 1, 1, -1];
        Assert.InRange(noise.Furthest, 0.5, 4);
        Assert.Equal(noise.Furthest * Math.Sqrt(2), noise.Allowed(1, row), 1e-12);
        Assert.Equal(noise.Errors * 1e-12, noise.Allowed(1e-12, row), 1e-18);
    }

    [Fact]
    public void Check_RoundedLogits_CleanOnlyWhereNotDeclared()
    {
        Assert.Empty(Failed(Engine((_, logits, _) => Round(logits))));
        Assert.Contains("differential", Failed(Engine((_, logits, _) => Round(logits), declares: true)));
    }

    [Fact]
    public void Check_OtherBitsInEveryRun_CleanOnlyWhereNotDeclared()
    {
        Assert.Empty(Failed(Engine((_, logits, _) => Jitter(logits))));
        Assert.Contains("determinism", Failed(Engine((_, logits, _) => Jitter(logits), declares: true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Check_RowsBleed_IsFoundInTheNoise(bool repeats)
    {
        string[] failed = Failed(Engine((batch, logits, _) =>
        {
            if (batch.Tokens.ToArray().Select(token => token.Sequence).Distinct().Count() > 1) Bleed(logits);
            if (repeats) Round(logits);
            else Jitter(logits);
        }));
        Assert.Contains("non-interference", failed);
        Assert.Contains("differential", failed);
    }

    // As wrong alone as in company: no noise of any arithmetic is as large as that.
    [Fact]
    public void Check_WrongEverywhere_IsFound() => Assert.Contains("differential", Failed(Engine((_, logits, _) =>
    {
        foreach (ref float logit in logits) logit = -logit;
    })));
}
