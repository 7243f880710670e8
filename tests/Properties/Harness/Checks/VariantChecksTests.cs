using FsCheck.Xunit;
using Gdn.Harness;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Properties.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>Each check of the form "changed like this, nothing changes" sees the deviation that it is for.</summary>
public class VariantChecksTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:tiny");

    private static int Calls;

    private static IEnumerable<IModelCheck> All => ModelChecks.All.Append(new SoloCheck());

    private static IEnumerable<ModelCase> Cases(IEngineFactory engine)
    {
        var schedules = new ScheduleSource(7, [.. Enumerable.Range(1, 8).Select(slots => (ScheduleRules)Model.Limits(slots))]);
        return Enumerable.Range(0, 32).Select(i => new ModelCase(schedules[i], engine, Model));
    }

    private static string[] Catching(IEngineFactory engine)
    {
        ModelCase[] cases = [.. Cases(engine)];
        return [.. All.Where(check => cases.Any(
            @case => check.RunGuarded(@case, CancellationToken.None).Discrepancy is not null)).Select(check => check.Name)];
    }

    private static string[] Catching(Deviation deviation) => Catching(new DeviatingSource("deviating", deviation));

    // Adds a hundredth to the first logit of each row whose token is of that kind.
    private static Deviation Shift(Func<TokenBatch, BatchToken, IReadOnlyList<BatchToken>, bool> isShifted) =>
        (batch, logits, history) =>
        {
            int row = 0, vocabulary = logits.Length / batch.OutputCount;
            foreach (BatchToken token in batch.Tokens)
            {
                if (!token.Output) continue;
                if (isShifted(batch, token, history)) logits[row * vocabulary] += 0.01f;
                row++;
            }
        };

    [Fact]
    public void BatchOrder_PlaceInTheBatchMatters_IsCaught() => Assert.Contains(
        "batch-order", Catching(Shift((batch, token, _) => token.Sequence != batch.Tokens[0].Sequence)));

    [Fact]
    public void Renaming_NumberOfTheSequenceMatters_IsCaught() =>
        Assert.Contains("renaming", Catching(Shift((_, token, _) => token.Sequence % 2 == 0)));

    [Fact]
    public void Reuse_NumberOfTheSequenceIsRemembered_IsCaught() => Assert.Contains(
        "reuse", Catching(Shift((_, token, history) => history.Any(t => t.Sequence == token.Sequence && t.Position > token.Position))));

    // Now and then, at no period that the length of a run could be a multiple of.
    [Fact]
    public void Determinism_RunsDiffer_IsCaught() => Assert.Contains(
        "determinism",
        Catching(Shift((_, _, _) => new SeededRandom((ulong)Interlocked.Increment(ref Calls)).Next(7) == 0)));

    [Fact]
    public void Recomputation_WindowIsNotRolledBack_IsCaught()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+fault:conv-plane-missing");
        Assert.Equal(["differential", "recomputation"], Catching(engine));
    }

    [Fact]
    public void Play_PositionIsLost_IsCaughtWithTheStep()
    {
        string[] found = [.. Cases(new DeviatingSource("lost", engine => new LosesCount(engine)))
            .Select(@case => new PlayCheck().RunGuarded(@case, CancellationToken.None).Discrepancy?.Summary()).OfType<string>()];
        Assert.NotEmpty(found);
        Assert.All(found, summary => Assert.Matches(
            @"^play: np \d, step \d+: sequence \d+ is at position \d+, expected \d+$", summary));
    }

    [Fact]
    public void Play_BatchIsAcceptedThatMustBeRefused_IsCaught() => Assert.Contains(
        Cases(new DeviatingSource("careless", engine => new AcceptsAnything(engine))),
        @case => new PlayCheck().RunGuarded(@case, CancellationToken.None).Discrepancy?.Summary()
            .EndsWith("the engine accepted a batch that it must refuse", StringComparison.Ordinal) == true);

    [Fact]
    public void Exact_EngineThatPromisesNoBits_IsComparedByValue()
    {
        // The last bits differ from run to run.
        static IModelEngine Noisy(IModelEngine engine, bool promises) => new Promising(engine, promises, (_, logits, _) =>
        {
            if (Interlocked.Increment(ref Calls) % 2 == 0)
                foreach (ref float logit in logits) logit = MathF.BitIncrement(logit);
        });

        Assert.NotEmpty(Catching(new DeviatingSource("noisy", engine => Noisy(engine, promises: true))));
        Assert.Empty(Catching(new DeviatingSource("noisy", engine => Noisy(engine, promises: false))));
    }

    [Property(Arbitrary = [typeof(ScheduleArbitrary)], MaxTest = 100)]
    public void VariantsOf_AnySchedule_ArePossibleAndPairRowsOfEqualHistories(Schedule schedule)
    {
        LoadedModel model = Model;
        using NamedEngine engine = EngineCatalog.Parse("reference");
        var @case = new ModelCase(schedule, engine, model);
        foreach (VariantCheck check in All.OfType<VariantCheck>())
        {
            foreach (Variant variant in check.VariantsOf(@case))
            {
                Assert.Equal(schedule.Slots, variant.Schedule.Slots);
                ScheduleTracker.Validate(variant.Schedule, @case.Rules);
                if (check is NonInterferenceCheck) continue;
                var root = new TokenHistory();
                IReadOnlyList<TokenHistory> rows = HistoryFollower.RowsOf(schedule, root);
                IReadOnlyList<TokenHistory> others = HistoryFollower.RowsOf(variant.Schedule, root);
                Assert.All(variant.Pairs, pair => Assert.Same(rows[pair.Row], others[pair.VariantRow]));
                // Alone, there are only one sequence's rows.
                if (check is not SoloCheck) Assert.Equal(rows.Count, variant.Pairs.Select(pair => pair.Row).Distinct().Count());
            }
        }
    }

    private sealed class LosesCount(IModelEngine inner) : ForwardingEngine(inner)
    {
        private int _decoded;

        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            base.Decode(batch, logits);
            _decoded++;
        }

        public override int NextPosition(int sequence) =>
            base.NextPosition(sequence) is int position and > 0 && _decoded > 3 ? position - 1 : base.NextPosition(sequence);
    }

    private sealed class AcceptsAnything(IModelEngine inner) : ForwardingEngine(inner)
    {
        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            if (!batch.Tokens.ToArray().Any(token => token.Token < 0)) base.Decode(batch, logits);
        }
    }

    private sealed class Promising(IModelEngine inner, bool promises, Deviation deviation) : DeviatingEngine(inner, deviation)
    {
        public override EngineInfo Info =>
            base.Info with { Capabilities = base.Info.Capabilities with { IsReproducible = promises } };
    }
}
