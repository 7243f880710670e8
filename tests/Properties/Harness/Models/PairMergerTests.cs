using FsCheck.Xunit;
using Gdn.Harness.Models;
using Xunit;

namespace Gdn.Properties.Harness.Models;

public sealed class PairMergerTests
{
    [Fact]
    public void Merge_EqualUrgency_LeftFirst() => Assert.Equal(["aa", "a"], Merge("aaa", ("a", "a")));

    [Fact]
    public void Merge_MoreUrgent_First() => Assert.Equal(["a", "bc"], Merge("abc", ("b", "c"), ("a", "b")));

    [Fact]
    public void Merge_JoinedPieces_JoinFurther() =>
        Assert.Equal(["abcd"], Merge("abcd", ("c", "d"), ("a", "b"), ("ab", "cd")));

    // "b" + "x" is waiting when "b" is joined to "a" and "x" has grown: as long as before, and not the same pair.
    [Fact]
    public void Merge_PairWhoseLeftIsGone_IsForgotten() =>
        Assert.Equal(["abxx"], Merge("abxx", ("x", "x"), ("a", "b"), ("b", "x"), ("ab", "xx")));

    // A piece that stands for so many is the sum of its parts.
    [Property]
    public bool Merge_Anything_KeepsTheText(int[] pieces)
    {
        int[] some = [.. (pieces ?? []).Select(piece => Math.Abs(piece % 1000))];
        return PairMerger.Merge([.. some], (left, right) => (left + right) % 3 is 0 and var rest ? new Joining(rest, left + right) : null, default)
            .Sum() == some.Sum();
    }

    [Fact]
    public void Merge_LongText_AsksOfEachPairAFewTimes()
    {
        const int length = 1 << 17;
        int asked = 0;
        int[] merged = [.. PairMerger.Merge(
            [.. Enumerable.Repeat(1, length)],
            (left, right) =>
            {
                asked++;
                return left == right ? new Joining(left, left + right) : null;
            },
            TestContext.Current.CancellationToken)];
        Assert.Equal([length], merged);
        Assert.InRange(asked, length, 4 * length);
    }

    [Fact]
    public void Merge_Cancelled_Ends() => Assert.Throws<OperationCanceledException>(
        () => PairMerger.Merge([1, 1], (_, _) => new Joining(0, 2), new CancellationToken(canceled: true)));

    // Pieces are numbered as they are met.
    private static IEnumerable<string> Merge(string text, params (string, string)[] merges)
    {
        List<string> pieces = [];
        int NumberOf(string piece)
        {
            if (!pieces.Contains(piece)) pieces.Add(piece);
            return pieces.IndexOf(piece);
        }

        return PairMerger.Merge(
            [.. text.Select(c => NumberOf($"{c}"))],
            (left, right) => Array.IndexOf(merges, (pieces[left], pieces[right])) is int rank and >= 0
                ? new Joining(rank, NumberOf(pieces[left] + pieces[right]))
                : null,
            default).Select(piece => pieces[piece]);
    }
}
