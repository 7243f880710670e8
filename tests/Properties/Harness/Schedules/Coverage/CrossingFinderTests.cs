using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Coverage;
using Gdn.Harness.Schedules.Crossings;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Harness.Schedules.Coverage;

public class CrossingFinderTests
{
    private static readonly Dictionary<int, string> Names =
        Crossing.AllPairs.ToDictionary(pair => pair.Pairs().Single(), pair => pair.Describe());

    private static string[] PairsOf(string text)
    {
        Schedule schedule = ScheduleFile.Parse("a test", text).Schedule;
        var limits = new BatchLimits(Vocabulary: 256, schedule.Slots, MaxBatchTokens: 512, MaxPositions: 4096);
        return [.. CrossingFinder.PairsOf(schedule, limits).Select(number => Names[number])];
    }

    [Fact]
    public void PairsOf_ReleaseOfAnotherWhileDraftsAreRejected_Meet()
    {
        string[] pairs = PairsOf(
            """
            np 3, planes 5
            decode seq 0: 1 | seq 1: 2
            decode seq 0: 1 2 3 4 | seq 1: 5 6
            roll back 2 of seq 0
            clear seq 1
            decode seq 0: 1 2
            """);
        Assert.Contains("3 drafts x beside 1 draft", pairs);
        Assert.Contains("1 draft x beside 3 drafts", pairs);
        Assert.Contains("3 drafts x clear of another after", pairs);
        Assert.Contains("2 or 3 rejected x clear of another before", pairs);
        Assert.Contains("1 draft x clear of another before", pairs);
        Assert.Contains("1 draft x clear after", pairs);
        Assert.Contains("3 drafts x rollback after", pairs);
        Assert.Contains("2 rows x free slots", pairs);
        Assert.DoesNotContain(pairs, pair => pair.Contains("every slot") || pair.Contains("copy") || pair.Contains("4 or more"));
        Assert.DoesNotContain("3 drafts x clear after", pairs);
    }

    [Fact]
    public void PairsOf_NothingButARollback_IsNoOtherOperation()
    {
        string[] pairs = PairsOf(
            """
            np 1, planes 5
            decode seq 0: 1 2 3
            decode seq 0: 1 2 3 4 5
            roll back 4 of seq 0
            decode seq 0: 1
            """);
        Assert.Contains("4 or more rejected x no operation", pairs);
        Assert.Contains("one token x 4 or more rejected", pairs);
        Assert.Contains("drafts kept x rollback before", pairs);
        Assert.Contains("4 drafts x a prompt begun", pairs);
        Assert.Contains("1 row x every slot in the batch", pairs);
    }

    // Whoever takes a slot begins with what its last tenant may have left.
    [Fact]
    public void PairsOf_SlotOfAnother_IsAClearBefore()
    {
        string[] pairs = PairsOf(
            """
            np 2, planes 1
            decode seq 0: 1 | seq 1: 2
            clear seq 0
            decode seq 5: 1 2 3 | seq 1: 4
            decode seq 1 from 0: 1 2 | seq 5: 1 2
            """);
        Assert.Contains("a short prompt x clear before", pairs);
        Assert.Contains("one token x clear of another before", pairs);
        Assert.Contains("a short prompt x restart before", pairs);
        Assert.Contains("a slice of a prompt x restart of another before", pairs);
    }

    [Fact]
    public void PairsOf_CopyAndRestore_BelongToBothAndToTheTarget()
    {
        string[] pairs = PairsOf(
            """
            np 4, planes 3
            decode seq 0: 1 2 3
            snapshot seq 0 as #0
            decode seq 0: 4 5 6
            copy seq 0 to seq 1
            decode seq 1: 1 | seq 0: 2 | seq 2: 3
            restore seq 0 from #0
            decode seq 0: 1 2 | seq 2: 1
            """);
        Assert.Contains("drafts kept x copy before", pairs);
        Assert.Contains("2 drafts x copy after", pairs);
        Assert.Contains("one token x restore after", pairs);
        Assert.Contains("1 draft x restore before", pairs);
        Assert.Contains("one token x restore of another before", pairs);
        Assert.Contains("2 rows x others wait", pairs);
    }

    [Fact]
    public void PairCoverage_Schedules_AreCountedOnceAndUnderTheirRules()
    {
        var coverage = new PairCoverage();
        var limits = new BatchLimits(Vocabulary: 256, 1, MaxBatchTokens: 512, MaxPositions: 4096);
        var schedule = new Schedule(1, 1, [new DecodeStep([new SequenceRun(0, [1, 2])])]);
        coverage.Add(schedule, limits);
        int reached = coverage.Reached, reachable = coverage.Reachable;
        Assert.InRange(reached, 10, 20);
        Assert.Equal(reachable - reached, coverage.Unreached.Count());
        coverage.Add(schedule, limits);
        Assert.Equal((reached, reachable), (coverage.Reached, coverage.Reachable));
        coverage.Add(schedule with { Slots = 8 }, limits);
        Assert.True(coverage.Reachable > 2 * reachable);
    }
}
