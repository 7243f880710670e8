using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Reference.Batches;
using Xunit;

namespace Gdn.Properties.Reference.Batches;

[Properties(Arbitrary = [typeof(Interleavings)], MaxTest = 300)]
public class SequenceDecompositionTests
{
    [Property]
    public void Of_AnyInterleaving_SlicesPartitionTheBatch(Interleaving interleaving)
    {
        TokenBatch batch = interleaving.ToBatch();
        SequenceDecomposition decomposition = SequenceDecomposition.Of(batch);

        Assert.Equal(Enumerable.Range(0, batch.Count), decomposition.Order.ToArray().Order());
        Assert.Equal(interleaving.Sequences.Distinct(), decomposition.Slices.ToArray().Select(s => s.Sequence));
        Assert.Equal(decomposition.Slices.Length, decomposition.SequenceCount);
        int start = 0;
        foreach (SequenceSlice slice in decomposition.Slices)
        {
            Assert.Equal(start, slice.Start);
            Assert.Equal(
                Enumerable.Range(0, batch.Count).Where(i => interleaving.Sequences[i] == slice.Sequence),
                decomposition.Order.Slice(slice.Start, slice.Count).ToArray());
            start += slice.Count;
        }
    }

    [Property]
    public void Of_AnyInterleaving_SlicesThatStartAtZeroReset(Interleaving interleaving)
    {
        foreach (SequenceSlice slice in SequenceDecomposition.Of(interleaving.ToBatch()).Slices)
        {
            Assert.Equal(Interleaving.FirstPosition(slice.Sequence), slice.FirstPosition);
            Assert.Equal(slice.Sequence % 3 == 0, slice.Resets);
        }
    }

    [Property]
    public void Of_AnyInterleaving_FlagsFollowTheirDefinition(Interleaving interleaving)
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(interleaving.ToBatch());
        int[][] members = [.. interleaving.Sequences.Select((sequence, i) => (sequence, i))
            .GroupBy(pair => pair.sequence, pair => pair.i).Select(group => group.ToArray())];
        bool contiguous = members.All(m => m[^1] - m[0] == m.Length - 1);
        bool uniform = members.Select(m => m.Length).Distinct().Count() == 1;

        Assert.Equal(contiguous, decomposition.IsContiguous);
        Assert.Equal(uniform, decomposition.IsUniform);
        Assert.Equal(uniform ? members[0].Length : 0, decomposition.TokensPerSequence);
        Assert.Equal(members.Length > 1 && !(contiguous && uniform), decomposition.NeedsSplit);
    }

    [Fact]
    public void Of_EmptyBatch_HasNoSlices()
    {
        SequenceDecomposition decomposition = SequenceDecomposition.Of(new TokenBatch([]));

        Assert.Equal(0, decomposition.SequenceCount);
        Assert.Equal(0, decomposition.TokensPerSequence);
        Assert.False(decomposition.NeedsSplit);
    }

    [Fact]
    public void Interleavings_Sample_ReachesEveryKind()
    {
        SequenceDecomposition[] sample =
            [.. Interleavings.Generator.Sample(500, 50).Select(i => SequenceDecomposition.Of(i.ToBatch()))];

        Assert.Equal(4, sample.Where(d => d.SequenceCount > 1).Select(d => (d.IsContiguous, d.IsUniform)).Distinct().Count());
        Assert.Contains(sample, d => d.SequenceCount == 1);
        Assert.Contains(sample, d => d.SequenceCount > 1 && d.IsContiguous && d.TokensPerSequence == 1);
        Assert.Contains(sample, d => d.IsUniform && !d.IsContiguous && d.TokensPerSequence > 1);
        Assert.Contains(sample, d => d.Slices.ToArray().Select(s => s.Resets).Distinct().Count() == 2);
    }
}
