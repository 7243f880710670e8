using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Coverage;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Schedules.Generation;

public class ScheduleSourceTests
{
    private static IReadOnlyList<ScheduleRules> Rules(EngineCapabilities? capabilities = null) =>
        [.. Enumerable.Range(1, 8).Select(slots => new ScheduleRules(
            new BatchLimits(Vocabulary: 256, slots, MaxBatchTokens: 512, MaxPositions: 4096), capabilities))];

    private static string Text(Schedule schedule) => string.Join('\n', ScheduleText.Describe(schedule));

    // Shards and replays ask for some cases only, in any order.
    [Fact]
    public void Item_AnyOrder_TheSameSchedule()
    {
        var all = new ScheduleSource(5, Rules());
        string[] ascending = [.. Enumerable.Range(0, 64).Select(i => Text(all[i]))];
        for (int i = 63; i >= 0; i -= 3) Assert.Equal(ascending[i], Text(new ScheduleSource(5, Rules())[i]));
        Assert.NotEqual(ascending[0], Text(new ScheduleSource(6, Rules())[0]));
    }

    // The array begins anew now and then; a case far on waits for none before it.
    [Fact]
    public void Item_FarOn_IsPossible()
    {
        var source = new ScheduleSource(5, Rules());
        for (int i = 1_000_000; i < 1_000_016; i++) ScheduleTracker.Validate(source[i], Rules()[i % 8]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Item_FirstCases_ReachNearlyEveryPair(ulong seed)
    {
        IReadOnlyList<ScheduleRules> rules = Rules();
        var source = new ScheduleSource(seed, rules);
        var coverage = new PairCoverage();
        int beyond = 0, full = 0, batches = 0;
        for (int i = 0; i < Cases; i++)
        {
            Schedule schedule = source[i];
            coverage.Add(schedule, rules[i % 8]);
            ScheduleTracker tracker = ScheduleTracker.Of(schedule, rules[i % 8]);
            int longest = 0;
            foreach (ScheduleStep step in schedule.Steps)
            {
                tracker.Apply(step);
                longest = Math.Max(longest, tracker.Live.Select(tracker.NextPosition).Append(0).Max());
                if (step is not DecodeStep decode || schedule.Slots < 8) continue;
                batches++;
                if (decode.Runs.Count == 8) full++;
            }

            if (longest > 512) beyond++;
            if (i == 1000) Assert.True(coverage.Reached >= 0.98 * coverage.Reachable, $"{coverage.Reached} of {coverage.Reachable}");
        }

        Assert.True(coverage.Reachable > 1500, $"only {coverage.Reachable} pairs can meet");
        Assert.True(coverage.Reached >= 0.995 * coverage.Reachable, string.Join(", ", coverage.Unreached));
        Assert.True(beyond > Cases / 100, $"only {beyond} schedules go beyond 512 positions");
        Assert.True(full > batches / 20, $"only {full} of {batches} batches at np 8 have eight rows");
    }

    // A crossing is planned, not hoped for.
    [Fact]
    public void Generate_Crossing_NearlyAllOfItsPairsMeet()
    {
        IReadOnlyList<ScheduleRules> rules = Rules();
        var crossings = new CoveringCrossings(7, rules);
        int pairs = 0, met = 0;
        for (int i = 0; i < 400; i++)
        {
            IReadOnlySet<int> reached = CrossingFinder.PairsOf(
                ScheduleGenerator.Generate((ulong)i, rules[i % 8], crossings[i]), rules[i % 8]);
            int[] aimed = [.. crossings[i].SelectMany(crossing => crossing.Pairs()).Distinct()];
            pairs += aimed.Length;
            met += aimed.Count(reached.Contains);
        }

        Assert.True(met >= 0.95 * pairs, $"{met} of {pairs}");
    }

    [Fact]
    public void Item_LittleDeclared_HoldsNothingElseAndReachesItsPairs()
    {
        var little = new EngineCapabilities
        {
            Rollback = RollbackSupport.OncePerBatch,
            RollbackDepth = 2,
            Copies = false,
            RaggedBatches = BatchHandling.Refused,
            InterleavedBatches = BatchHandling.Refused,
            MaxPositions = 200,
        };
        IReadOnlyList<ScheduleRules> rules = Rules(little);
        var source = new ScheduleSource(3, rules);
        var coverage = new PairCoverage();
        for (int i = 0; i < Cases; i++)
        {
            ScheduleTracker.Validate(source[i], rules[i % 8]);
            coverage.Add(source[i], rules[i % 8]);
        }

        Assert.True(coverage.Reached >= 0.95 * coverage.Reachable, $"{coverage.Reached} of {coverage.Reachable}");
    }

    private const int Cases = 2400;
}
