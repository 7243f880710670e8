using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Crossings;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Schedules.Crossings;

public class CrossingRulesTests
{
    private static readonly Axis Work = Axes.Work, Operations = Axes.Operation;

    private static BatchLimits Limits(int slots) => new(Vocabulary: 256, slots, MaxBatchTokens: 512, MaxPositions: 4096);

    private static string[] Pairs(ScheduleRules rules) => [.. PairTable.Under(rules).Values.Select(pair => pair.Describe())];

    private static Crossing Of(params (Axis Axis, string Value)[] values) => values.Aggregate(
        Crossing.Anything, (crossing, value) => crossing.With(value.Axis, value.Axis.Values.ToList().IndexOf(value.Value)));

    [Fact]
    public void CanMeet_OneSlot_NobodyElse()
    {
        string[] pairs = Pairs(Limits(1));
        Assert.DoesNotContain(pairs, pair => pair.Contains("another") || pair.Contains("beside") || pair.Contains("2 rows"));
        Assert.Contains("8 drafts x near 512", pairs);
        Assert.Contains("3 drafts x rollback after", pairs);
    }

    [Fact]
    public void CanMeet_MoreSlots_MoreRows()
    {
        Assert.DoesNotContain(Pairs(Limits(7)), pair => pair.Contains("8 rows"));
        string[] pairs = Pairs(Limits(8));
        Assert.Contains("8 rows x every slot in the batch", pairs);
        Assert.DoesNotContain("8 rows x others wait", pairs);
    }

    // What no schedule can hold is not asked for.
    [Theory]
    [InlineData("one token x clear before")]
    [InlineData("8 drafts x restart before")]
    [InlineData("a short prompt x near 64")]
    [InlineData("one token x rollback after")]
    [InlineData("nothing held x rollback before")]
    public void CanMeet_Nonsense_Never(string pair) => Assert.DoesNotContain(pair, Pairs(Limits(8)));

    [Fact]
    public void CanMeet_AloneWithoutSomebodyWaiting_NobodyElseIsCopied()
    {
        Crossing alone = Of((Axes.Width, "1 row"), (Axes.Room, "free slots"));
        var rules = new CrossingRules(Limits(4));
        Assert.False(rules.CanMeet(alone.With(Operations, new Operation(StateOperation.Copy, IsAfter: false, IsOther: true).Value)));
        Assert.True(rules.CanMeet(alone.With(Operations, new Operation(StateOperation.Clear, IsAfter: false, IsOther: true).Value)));
    }

    [Fact]
    public void Under_NotDeclared_NothingOfIt()
    {
        Assert.DoesNotContain(
            Pairs(new ScheduleRules(Limits(4), new EngineCapabilities { Copies = false })), pair => pair.Contains("copy"));
        Assert.DoesNotContain(
            Pairs(new ScheduleRules(Limits(4), new EngineCapabilities { Snapshots = false })),
            pair => pair.Contains("snapshot") || pair.Contains("restore"));
        Assert.DoesNotContain(
            Pairs(new ScheduleRules(Limits(4), new EngineCapabilities { Rollback = RollbackSupport.None })),
            pair => pair.Contains("draft") || pair.Contains("rejected") || pair.Contains("rollback"));
        Assert.DoesNotContain(
            Pairs(new ScheduleRules(Limits(4), new EngineCapabilities { RollbackDepth = 3 })), pair => pair.Contains("4 or more"));
        Assert.DoesNotContain(
            Pairs(new ScheduleRules(Limits(4), new EngineCapabilities { RaggedBatches = BatchHandling.Refused })),
            pair => pair == "one token x beside 3 drafts");
        Assert.DoesNotContain(
            Pairs(new ScheduleRules(Limits(4), new EngineCapabilities { MaxPositions = 100 })), pair => pair.Contains("128"));
    }

    [Fact]
    public void And_OtherValuesOfOneAxis_IsNothing()
    {
        Crossing one = Of((Work, "one token"));
        Assert.Null(one.And(Of((Work, "1 draft"))));
        Assert.Equal("one token x 3 rows", one.And(Of((Axes.Width, "3 rows")))!.Value.Describe());
    }

    [Fact]
    public void Operation_EveryValue_IsReadBack()
    {
        for (int value = 1; value < Operation.Names.Count; value++) Assert.Equal(value, Operation.Of(value)!.Value.Value);
        Assert.Null(Operation.Of(Operation.None));
        Assert.Equal("restore of another after", Operation.Names[new Operation(StateOperation.Restore, IsAfter: true, IsOther: true).Value]);
    }
}
