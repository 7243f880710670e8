using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Checks;

/// <summary>Histories that are longer than a batch are recomputed in several.</summary>
public class RecomputationCheckTests
{
    private const int Long = 700;

    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:tiny");

    private static readonly RecomputationCheck Check = new();

    private static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => i * 31 % 200)];

    private static Schedule Forked(int forks) => new(2, 1,
    [
        new DecodeStep([new SequenceRun(0, Tokens(Long / 2))], LastOnly: true),
        new DecodeStep([new SequenceRun(0, Tokens(Long - Long / 2))], LastOnly: true),
        .. Enumerable.Range(0, forks).SelectMany(IEnumerable<ScheduleStep> (_) =>
        [
            new CopyStep(0, 1),
            new DecodeStep([new SequenceRun(1, [5]), new SequenceRun(0, [6])]),
        ]),
    ]);

    private static CheckOutcome Run(IEngineFactory engine, Schedule schedule) =>
        Check.RunGuarded(new ModelCase(schedule, engine, Model), CancellationToken.None);

    [Fact]
    public void Run_ForkOfALongHistory_IsRecomputedAndSilentOnACleanEngine()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu");
        CheckOutcome outcome = Run(cpu, Forked(forks: 1));
        Assert.Null(outcome.Discrepancy);
        Assert.True(outcome.Rows >= 4, $"{outcome.Rows} rows");
    }

    [Fact]
    public void Run_ForkOfALongHistoryThatDiffers_IsCaught()
    {
        var forgetful = new DeviatingSource("forgetful", engine => new Forgetful(engine));
        Assert.NotNull(Run(forgetful, Forked(forks: 1)).Discrepancy);
    }

    // What it costs is bounded; the rows before are compared all the same.
    [Fact]
    public void VariantsOf_ManyForks_EndsAfterSomeThousandTokens()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu");
        var @case = new ModelCase(Forked(forks: 20), cpu, Model);
        Variant variant = Assert.Single(Check.VariantsOf(@case));
        Assert.InRange(variant.Schedule.TokenCount, 2 * Long, 8 * Long);
        Assert.True(variant.Pairs.Count >= 4);
        ScheduleTracker.Validate(variant.Schedule, @case.Rules);
    }

    // Its forks are not quite what they were made from.
    private sealed class Forgetful(IModelEngine inner) : ForwardingEngine(inner)
    {
        private readonly HashSet<int> _forks = [];

        public override void Copy(int source, int target)
        {
            base.Copy(source, target);
            _forks.Add(target);
        }

        public override void Decode(TokenBatch batch, Span<float> logits)
        {
            base.Decode(batch, logits);
            int row = 0;
            foreach (BatchToken token in batch.Tokens)
            {
                if (!token.Output) continue;
                if (_forks.Contains(token.Sequence)) logits[row * (logits.Length / batch.OutputCount)] += 1;
                row++;
            }
        }
    }
}
