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

    [Property]
    public bool Merge_Anything_KeepsTheText(string text) =>
        string.Concat(PairMerger.Merge([.. (text ?? "").Select(c => $"{c}")], (left, right) => left.Length * right.Length % 3)) == (text ?? "");

    private static IEnumerable<string> Merge(string text, params (string, string)[] merges) => PairMerger.Merge(
        [.. text.Select(c => $"{c}")], (left, right) => Array.IndexOf(merges, (left, right)) is int rank and >= 0 ? rank : null);
}
