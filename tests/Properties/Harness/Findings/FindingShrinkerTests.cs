using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Findings;

/// <summary>What is left after shrinking is the failure that was found, not another of the same engine.</summary>
public class FindingShrinkerTests
{
    // Declares repeated rollbacks and refuses the second.
    private sealed class OneRollback(IModelEngine inner) : ForwardingEngine(inner)
    {
        private bool _isUsed;

        public override void Rollback(int sequence, int count)
        {
            if (_isUsed) throw new NotSupportedException("one rollback only");
            _isUsed = true;
            base.Rollback(sequence, count);
        }
    }

    private sealed class NoDecode(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override void Decode(TokenBatch batch, Span<float> logits) => throw new NotSupportedException("one layer only");
    }

    // A slot is not reset, and from some position on the arithmetic is wrong as well.
    private sealed class TwoFaults : IEngineFactory
    {
        public const int WrongFrom = 4;

        public string Name => "two faults";

        public IModelEngine Create(EngineOptions options)
        {
            using NamedEngine first = EngineCatalog.Parse("cpu+fault:slot-reuse-no-zero");
            return new DeviatingEngine(first.Create(options), (batch, logits, _) =>
            {
                if (batch.Tokens[^1].Position >= WrongFrom) logits[^1] += 100;
            });
        }
    }

    private static DecodeStep Decode(int sequence, params int[] tokens) => new([new SequenceRun(sequence, tokens)]);

    private static Finding Shrink(
        IEngineFactory engine, string model, IModelCheck check, Schedule schedule, params string[] seen)
    {
        var @case = new ModelCase(schedule, engine, LoadedModel.Load(model));
        Discrepancy discrepancy = check.RunGuarded(@case, CancellationToken.None).Discrepancy!;
        return FindingShrinker.Shrink(
            @case, new CheckFailure(check, discrepancy), seed: 1, left: null, CancellationToken.None, seen);
    }

    // Its tokens and its rollback could be left out, its release could not.
    private static Schedule SlotReused { get; } = new(1, 2,
    [
        Decode(0, 1, 2, 3, 4, 5, 6), new RollbackStep(0, 1), new ClearStep(0), Decode(1, 5, 6, 7, 8), Decode(1, 7, 8, 9),
    ]);

    private static Finding ShrinkSlotReused(params string[] seen)
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:slot-reuse-no-zero");
        return Shrink(engine, "synth:qwen35:1:tiny", new DifferentialCheck(), SlotReused, seen);
    }

    [Fact]
    public void Shrink_FingerprintIsThereAlready_StopsAsSoonAsItIsTold()
    {
        Finding first = ShrinkSlotReused(), again = ShrinkSlotReused(first.Fingerprint!);
        Assert.Equal("differential/missing-reset/clear", again.Fingerprint);
        Assert.Equal(first.Fingerprint, again.Fingerprint);
        Assert.True(again.Replay!.Schedule!.TokenCount > first.Replay!.Schedule!.TokenCount, string.Join('\n', again.Steps));
    }

    /// <summary>A finding that needs a rollback as well is not one that does without, however like it a larger case looks.</summary>
    [Fact]
    public void Shrink_FingerprintNamesStepsThatAreNotNeeded_IsNotTakenForIt()
    {
        Finding finding = ShrinkSlotReused("differential/missing-reset/clear+rollback");
        Assert.Equal("differential/missing-reset/clear", finding.Fingerprint);
        Assert.Equal(ShrinkSlotReused().Steps, finding.Steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shrink_EngineFailsOnSmallerModels_KeepsFailureAndModel(bool failsOnOneLayer)
    {
        var factory = new LayeredSource(
            (engine, layers) => failsOnOneLayer && layers == 1 ? new NoDecode(engine) : new OneRollback(engine));
        var schedule = new Schedule(2, 4,
            [Decode(1, 9, 8), Decode(0, 1, 2, 3, 4), new RollbackStep(0, 1), Decode(1, 7), new RollbackStep(0, 1), Decode(0, 5)]);

        Finding finding = Shrink(factory, "synth:qwen35:1:small", new PlayCheck(), schedule);

        Assert.Equal("NotSupportedException in Rollback", finding.Symptom);
        Assert.Contains("one rollback only", finding.Summary, StringComparison.Ordinal);
        Assert.Equal(failsOnOneLayer ? "synth:qwen35:1:small" : "synth:qwen35:1:tiny", finding.Replay!.Model);
        Assert.Equal(2, finding.Replay.Schedule!.Steps.OfType<RollbackStep>().Count());
    }

    /// <summary>What every batch of the small model shows is not what only a batch of two sequences shows on the larger.</summary>
    [Fact]
    public void Shrink_EngineIsAlwaysWrongOnSmallerModels_KeepsTheModel()
    {
        var factory = new LayeredSource((engine, layers) => new DeviatingEngine(engine, (batch, logits, _) =>
        {
            if (layers == 1 || batch.Tokens[0].Sequence != batch.Tokens[^1].Sequence) logits[^1] += 100;
        }));
        var schedule = new Schedule(2, 1,
            [Decode(0, 1, 2), new DecodeStep([new SequenceRun(0, [3, 4]), new SequenceRun(1, [5, 6])]), Decode(0, 7)]);

        Finding finding = Shrink(factory, "synth:qwen35:1:small", new DifferentialCheck(), schedule);

        Assert.Equal("synth:qwen35:1:small", finding.Replay!.Model);
        Assert.Equal(["decode seq 0: 3 | seq 1: 5"], finding.Replay.Schedule!.Steps.Select(step => step.Describe()));
    }

    [Fact]
    public void Shrink_EngineHasAnotherFault_StaysWithTheCause()
    {
        var schedule = new Schedule(1, 1,
            [Decode(0, 1, 2, 3), new ClearStep(0), Decode(1, 5, 6), Decode(1, 7, 8), Decode(1, 9), Decode(1, 10)]);

        Finding finding = Shrink(new TwoFaults(), "synth:qwen35:1:tiny", new DifferentialCheck(), schedule);

        Assert.Equal(StateCause.MissingReset, finding.CauseKind);
        Assert.Contains(finding.Replay!.Schedule!.Steps, step => step is ClearStep);
        Assert.True(finding.Replay.Schedule.TokenCount <= TwoFaults.WrongFrom, string.Join('\n', finding.Steps));
    }

    private sealed class LayeredSource(Func<IModelEngine, int, IModelEngine> spoil) : IEngineFactory
    {
        public string Name => "by layers";

        public IModelEngine Create(EngineOptions options)
        {
            using NamedEngine clean = EngineCatalog.Parse("cpu");
            return spoil(clean.Create(options), options.Model.Config.Layers);
        }
    }
}
