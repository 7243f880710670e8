using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>A rollback that nobody can expect to work is refused, or works; an engine that takes it and is wrong is found.</summary>
public sealed class OverreachCheckTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:small");

    private static readonly Schedule Short = ScheduleFile.Parse("short", "np 2, planes 3\ndecode seq 0: 12 7 9 | seq 1: 5").Schedule;

    private enum Deeper
    {
        Refused,
        Right,
        Wrong,
    }

    // Takes deeper rollbacks by decoding again what is left.
    private sealed class Overreaching(IModelEngine inner, Deeper deeper) : ForwardingEngine(inner)
    {
        private readonly Dictionary<int, List<int>> _tokens = [];

        public override EngineInfo Info => base.Info with
        {
            Capabilities = base.Info.Capabilities with { Rollback = RollbackSupport.OncePerBatch, RefusesDeeperRollbacks = true },
        };

        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            base.Decode(batch, logits);
            foreach (BatchToken token in batch.Tokens)
                (_tokens.TryGetValue(token.Sequence, out List<int>? own) ? own : _tokens[token.Sequence] = []).Add(token.Token);
        }

        public override void Rollback(int sequence, int count)
        {
            if (deeper == Deeper.Refused) throw new InputException("rollback", "it is too deep", "take back less");
            List<int> kept = _tokens[sequence][..^count];
            if (deeper == Deeper.Wrong) kept[^1] = (kept[^1] + 1) % Model.Config.Vocabulary;
            base.Clear(sequence);
            base.Decode(
                new TokenBatch([.. kept.Select((token, position) => new BatchToken(token, sequence, position, Output: false))]), []);
        }
    }

    private static CheckOutcome Check(Deeper deeper, Schedule schedule) => new OverreachCheck().RunGuarded(
        new ModelCase(schedule, new DeviatingSource("deeper", engine => new Overreaching(engine, deeper)), Model), default);

    [Fact]
    public void Run_TakenAndWrong_IsFound()
    {
        Discrepancy found = Assert.IsType<Discrepancy>(Check(Deeper.Wrong, Short).Discrepancy);
        Assert.Equal((0, 2), (found.Origin.Sequence, found.Origin.Position));
        Assert.Contains("a rollback of 2", found.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TakenAndRight_IsCompared()
    {
        CheckOutcome outcome = Check(Deeper.Right, Short);
        Assert.Equal((1, null), (outcome.Rows, outcome.Discrepancy));
    }

    [Fact]
    public void Run_RefusedOrNothingToTakeBack_IsSilent()
    {
        Assert.Equal(CheckOutcome.NotApplicable, Check(Deeper.Refused, Short));
        Assert.Equal(CheckOutcome.NotApplicable, Check(Deeper.Wrong, Short with { Planes = 1 }));
    }

    [Fact]
    public void For_EngineThatSaysNothing_IsNotAsked()
    {
        Assert.DoesNotContain(ModelChecks.For(new EngineCapabilities()), check => check is OverreachCheck);
        Assert.Contains(
            ModelChecks.For(new EngineCapabilities { RefusesDeeperRollbacks = true }), check => check is OverreachCheck);
    }
}
