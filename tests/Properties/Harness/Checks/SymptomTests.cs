using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>Failures that show differently are told apart, and one that hardly shows is not taken for a clear one.</summary>
public class SymptomTests
{
    private static readonly Schedule Schedule = new(1, 2,
    [
        new DecodeStep([new SequenceRun(0, [1, 2])]), new RollbackStep(0, 1), new RefusedStep([new SequenceRun(0, [RefusedStep.NoToken])]),
    ]);

    private sealed class Forgetful(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override int NextPosition(int sequence) => 0;
    }

    private sealed class Yielding(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            if (batch.Tokens[0].Token >= 0) base.Decode(batch, logits);
        }
    }

    private sealed class Throwing(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override void Rollback(int sequence, int count) => throw new ArithmeticException();
    }

    private static string? Symptom(Func<IModelEngine, IModelEngine> spoil) => new DifferentialCheck().RunGuarded(
        new ModelCase(Schedule, new DeviatingSource("spoilt", spoil), LoadedModel.Load("synth:qwen35:1:tiny")),
        CancellationToken.None).Discrepancy?.Symptom.ToString();

    private static Func<IModelEngine, IModelEngine> Adding(float error) =>
        engine => new DeviatingEngine(engine, (_, logits, _) => logits[0] += error);

    [Fact]
    public void Symptom_CleanEngine_None() => Assert.Null(Symptom(engine => engine));

    [Fact]
    public void Symptom_OfEachFailure_TellsThemApart() => Assert.Equal(
        [
            "wrong logits", "logits are not numbers", "logits are not numbers", "ArithmeticException in Rollback", "wrong position",
            "invalid batch accepted",
        ],
        [
            Symptom(Adding(1)), Symptom(Adding(float.NaN)), Symptom(Adding(float.PositiveInfinity)),
            Symptom(engine => new Throwing(engine)), Symptom(engine => new Forgetful(engine)), Symptom(engine => new Yielding(engine)),
        ]);

    [Theory]
    [InlineData(1e4, 1e4, true)]
    [InlineData(200, 1e4, true)]
    [InlineData(50, 1e4, false)]
    [InlineData(1.5, 2, true)]
    [InlineData(double.NaN, 2, false)]
    [InlineData(double.NaN, double.NaN, true)]
    public void IsSameFailure_ByHowClearlyItShows(double times, double timesBefore, bool isSame) =>
        Assert.Equal(isSame, Of("differential", times).IsSameFailure(Of("differential", timesBefore)));

    [Fact]
    public void IsSameFailure_OfAnotherCheck_IsNot() => Assert.False(Of("renaming", 9).IsSameFailure(Of("differential", 9)));

    private static Discrepancy Of(string check, double times)
    {
        const double allowed = 1e-4;
        return new Discrepancy(check, 1, new RowOrigin(0, 0, 0, 0), Token: 0, 0, times * allowed, allowed, 1, 1, "");
    }
}
