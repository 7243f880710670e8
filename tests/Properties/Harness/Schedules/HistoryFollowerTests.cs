using FsCheck.Xunit;
using Gdn.Harness.Schedules;
using Xunit;

namespace Gdn.Properties.Harness.Schedules;

public class HistoryFollowerTests
{
    private static DecodeStep Decode(int sequence, params int[] tokens) => new([new SequenceRun(sequence, tokens)]);

    [Property(Arbitrary = [typeof(ScheduleArbitrary)], MaxTest = 200)]
    public void Apply_AnySchedule_HistoriesAreAsLongAsPositions(Schedule schedule)
    {
        var tracker = new ScheduleTracker(ScheduleArbitrary.Limits(schedule.Slots), schedule.Planes);
        var follower = new HistoryFollower(new TokenHistory());
        foreach (ScheduleStep step in schedule.Steps)
        {
            tracker.Apply(step);
            follower.Apply(step);
            Assert.Equal(tracker.Live, follower.Live.Keys.Order());
            Assert.All(tracker.Live, sequence => Assert.Equal(tracker.NextPosition(sequence), follower.Of(sequence).Length));
        }
    }

    [Property(Arbitrary = [typeof(ScheduleArbitrary)], MaxTest = 200)]
    public void RowsOf_AnySchedule_OneHistoryPerRowEndingWithItsToken(Schedule schedule)
    {
        IReadOnlyList<TokenHistory> rows = HistoryFollower.RowsOf(schedule, new TokenHistory());
        int[] tokens = [.. schedule.Steps.OfType<DecodeStep>().SelectMany(
            step => step.Rows.Select(row => step.Runs[row.Run].Tokens[row.Token]))];
        Assert.Equal(schedule.RowCount, rows.Count);
        Assert.Equal(tokens, rows.Select(row => row.Token));
    }

    [Fact]
    public void RowsOf_SameTokensByAnyWay_IsTheSameHistory()
    {
        var root = new TokenHistory();
        IReadOnlyList<TokenHistory> whole = HistoryFollower.RowsOf(new Schedule(1, 1, [Decode(0, 1, 2, 3)]), root);
        IReadOnlyList<TokenHistory> detour = HistoryFollower.RowsOf(
            new Schedule(2, 2,
            [
                Decode(5, 1, 9), new RollbackStep(5, 1), new SnapshotStep(5, 0), Decode(5, 8), new CopyStep(5, 6),
                new RestoreStep(6, 0), new RefusedStep([new SequenceRun(6, [RefusedStep.NoToken])]), Decode(6, 2, 3),
            ]),
            root);
        Assert.Same(whole[^1], detour[^1]);
        Assert.Equal([1, 2, 3], detour[^1].ToTokens());
    }

    [Fact]
    public void RowsOf_RestartAndClear_BeginAtTheRoot()
    {
        var root = new TokenHistory();
        IReadOnlyList<TokenHistory> rows = HistoryFollower.RowsOf(
            new Schedule(1, 1,
            [
                Decode(0, 1, 2), new DecodeStep([new SequenceRun(0, [7], Restart: true)]), new ClearStep(0), Decode(0, 7),
            ]),
            root);
        Assert.Same(root.Append(7), rows[2]);
        Assert.Same(rows[2], rows[3]);
    }

    [Fact]
    public void Back_BeyondTheRoot_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenHistory().Append(1).Back(2));
}
