using Gdn.Optimized.Batching;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

/// <summary>Where checkpoints and entries lie, against what they are for, for every small ring.</summary>
public class RingShapeTests
{
    [Fact]
    public void At_EveryPosition_PendingEntriesFollowTheLastCheckpointBeforeIt()
    {
        foreach (RingShape ring in Rings())
            for (int position = 0; position < 4 * ring.Entries; position++)
            {
                RingRoute route = ring.At(position);
                Assert.True(ring.Fits(route));
                int checkpoint = position - route.Pending;
                Assert.Equal(position == 0 ? 0 : (position - 1) / ring.Length * ring.Length, checkpoint);
                Assert.Equal((position % ring.Entries, checkpoint % ring.Entries), (route.Cursor, ring.FirstEntry(route)));
                Assert.Equal(checkpoint / ring.Length % ring.Checkpoints, ring.Checkpoint(route));
            }
    }

    // Tokens up to `end` have been run: whatever a rollback reaches still has its checkpoint and its entries.
    [Fact]
    public void Checkpoints_AfterAnyRollback_ThoseItGoesBackToAreKept()
    {
        for (int planes = 1; planes <= 9; planes++)
            for (int length = 1; length <= 6; length++)
            {
                var ring = new RingShape(length, planes);
                for (int end = planes; end < 5 * ring.Entries; end++)
                    for (int taken = 0; taken < planes; taken++)
                    {
                        int from = end - taken, oldest = from - ring.At(from).Pending;
                        int newest = end - ring.At(end).Pending;
                        Assert.True((newest - oldest) / length < ring.Checkpoints, $"L {length}, P {planes}, {end} - {taken}");
                        Assert.True(end - oldest <= ring.Entries, $"L {length}, P {planes}, {end} - {taken}");
                    }
            }
    }

    [Fact]
    public void Fits_EntriesOfTwoCheckpoints_No()
    {
        var ring = new RingShape(length: 4, planes: 3);

        Assert.All(
            (RingRoute[])[new(1, 0), new(2, 1), new(-1, 0), new(8, 4), new(4, 5)], route => Assert.False(ring.Fits(route), $"{route}"));
    }

    private static IEnumerable<RingShape> Rings() =>
        from length in (int[])[1, 2, 3, 8, RingShape.MaxLength]
        from planes in (int[])[1, 2, 4, 9]
        select new RingShape(length, planes);
}
