using Gdn.Harness.Campaigns;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

public sealed class NpSearchTests
{
    // The np tried on a server that is dirty from a threshold on.
    private static List<int> Tried(IEnumerable<int> np, int threshold)
    {
        var search = new NpSearch(np);
        var tried = new List<int>();
        while (search.Next is { } next)
        {
            Assert.True(tried.Count < 100, "no end");
            tried.Add(next);
            search.Tell(next, next >= threshold);
        }

        return tried;
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(1, 1)]
    [InlineData(2, 64)]
    public void EveryThreshold_IsFoundFromBelow(int first, int last)
    {
        int[] np = [.. Enumerable.Range(first, last - first + 1)];
        for (int threshold = first; threshold <= last + 1; threshold++)
        {
            List<int> tried = Tried(np, threshold);
            Assert.Equal(threshold <= last, tried.Contains(threshold));
            if (threshold > first) Assert.Contains(Math.Min(threshold - 1, last), tried);
            // While nothing is dirty, every np is larger than those before.
            int dirty = tried.FindIndex(slots => slots >= threshold);
            List<int> before = dirty < 0 ? tried : tried[..dirty];
            Assert.Equal(before.Order(), before);
        }
    }

    [Fact]
    public void ManyNp_TakeFewSteps()
    {
        Assert.Equal([2, 3, 4, 6, 8], new NpSearch(Enumerable.Range(2, 7)).Ladder);
        Assert.All(Enumerable.Range(2, 64), threshold => Assert.InRange(Tried(Enumerable.Range(2, 63), threshold).Count, 1, 15));
    }

    [Fact]
    public void NpGivenOneByOne_AreTheOnlyOnesTried() => Assert.Equal([2, 4, 8], Tried([8, 2, 4], threshold: 8));
}
