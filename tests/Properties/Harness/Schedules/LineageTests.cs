using Gdn.Harness.Schedules;
using Xunit;

namespace Gdn.Properties.Harness.Schedules;

public class LineageTests
{
    private static DecodeStep Decode(params int[] sequences) =>
        new([.. sequences.Select(sequence => new SequenceRun(sequence, [1]))]);

    private static IEnumerable<(int, int)> Ids(IEnumerable<RunId> runs) => runs.Select(run => (run.Step, run.Run)).Order();

    [Fact]
    public void Of_TwoSequences_EachDescendsFromItself()
    {
        IReadOnlyList<SequenceLife> lives = Lineage.Of(new Schedule(2, 1, [Decode(0, 1), Decode(1)]));
        Assert.Equal([(0, 0)], Ids(lives[0].Ancestry));
        Assert.Equal([(0, 1), (1, 0)], Ids(lives[1].Ancestry));
    }

    [Fact]
    public void Of_RestartAndClear_BeginNewLives()
    {
        var restart = new DecodeStep([new SequenceRun(0, [1], Restart: true)]);
        IReadOnlyList<SequenceLife> lives = Lineage.Of(new Schedule(1, 1, [Decode(0), restart, new ClearStep(0), Decode(0)]));
        Assert.Equal([[(0, 0)], [(1, 0)], [(3, 0)]], lives.Select(life => Ids(life.Ancestry)));
    }

    [Fact]
    public void Of_CopyAndRestore_InheritWhatTheSourceHadThen()
    {
        IReadOnlyList<SequenceLife> lives = Lineage.Of(new Schedule(3, 1,
        [
            Decode(0), new SnapshotStep(0, 0), Decode(0), new CopyStep(0, 1), Decode(0, 1), new RestoreStep(2, 0), Decode(2),
        ]));
        SequenceLife copy = lives.Single(life => life.Sequence == 1), restored = lives.Single(life => life.Sequence == 2);
        Assert.Equal([(0, 0), (2, 0), (4, 1)], Ids(copy.Ancestry));
        Assert.Equal([(4, 1)], Ids(copy.Own));
        Assert.Equal([(0, 0), (6, 0)], Ids(restored.Ancestry));
    }

    [Fact]
    public void Of_LivesWithoutOwnRuns_AreLeftOut() =>
        Assert.Single(Lineage.Of(new Schedule(2, 1, [Decode(0), new CopyStep(0, 1)])));
}
