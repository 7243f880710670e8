using Gdn.Optimized.Batching;
using Xunit;

namespace Gdn.Properties.Optimized;

public class PlanCacheTests
{
    private static PlanSignature Signature(
        int tokens = 2, int planes = 3, params (int Slot, int Plane, bool Resets)[] routes) =>
        new(tokens, planes, Array.ConvertAll(
            routes.Length > 0 ? routes : [(0, 1, false), (4, 0, true)],
            route => new SequenceRoute(route.Slot, route.Plane, route.Resets)));

    public static TheoryData<string, PlanSignature> Differing() => new()
    {
        { "n_seq_tokens", Signature(tokens: 5) },
        { "snapshot mode", Signature(planes: 4) },
        { "slot", Signature(routes: [(0, 1, false), (3, 0, true)]) },
        { "live plane", Signature(routes: [(0, 2, false), (4, 0, true)]) },
        { "reset", Signature(routes: [(0, 1, false), (4, 0, false)]) },
        { "n_seqs", Signature(routes: [(0, 1, false)]) },
    };

    [Theory]
    [MemberData(nameof(Differing))]
    public void Equals_AnyComponentDiffers_IsFalse(string component, PlanSignature other)
    {
        Assert.False(Signature().Equals(other), component);
        Assert.True(Signature() != other, component);
        Assert.NotEqual(Signature().GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Equals_SameComponents_IsTrueWithSameHash()
    {
        Assert.True(Signature() == Signature());
        Assert.Equal(Signature().GetHashCode(), Signature().Detach().GetHashCode());
    }

    [Fact]
    public void PlanSignature_SlotsNotAscending_Throws()
    {
        Assert.Throws<ArgumentException>(() => Signature(routes: [(2, 0, false), (1, 0, false)]));
        Assert.Throws<ArgumentException>(() => Signature(routes: [(2, 0, false), (2, 0, false)]));
    }

    [Fact]
    public void BatchPlan_Signature_GivesRoutingInputs()
    {
        var plan = new BatchPlan(Signature(tokens: 2, planes: 3, [(0, 1, false), (4, 0, true)]));
        Assert.Equal([1, 12], plan.StateRowIdx);
        Assert.Equal([1, 0], plan.StateMask);
        Assert.Equal([0, 0, 1, 1], plan.ConvSeqMap);
        Assert.Equal(2, plan.WrittenPlanes);
        Assert.Equal([0, 1, 12, 13], plan.TargetRowIdx);
    }

    [Fact]
    public void Get_SameSignature_ReturnsThePlanAndCounts()
    {
        var cache = new PlanCache(2);
        BatchPlan plan = cache.Get(Signature());
        Assert.Same(plan, cache.Get(Signature()));
        Assert.NotSame(plan, cache.Get(Signature(tokens: 7)));
        Assert.Equal((1, 2), (cache.Hits, cache.Misses));
    }

    [Fact]
    public void Get_FullCache_DropsTheLeastRecentlyUsed()
    {
        var cache = new PlanCache(2);
        BatchPlan first = cache.Get(Signature(tokens: 1));
        cache.Get(Signature(tokens: 2));
        cache.Get(Signature(tokens: 1));
        cache.Get(Signature(tokens: 3));
        Assert.Equal(2, cache.Count);
        Assert.Same(first, cache.Get(Signature(tokens: 1)));
        cache.Get(Signature(tokens: 2));
        Assert.Equal((2, 4), (cache.Hits, cache.Misses));
    }

    // The signature looks at a buffer that the next batch overwrites; the plan must not.
    [Fact]
    public void Get_BufferChangesAfterwards_PlanIsUnchanged()
    {
        var cache = new PlanCache(2);
        SequenceRoute[] buffer = [new(1, 0, false), new(2, 0, false)];
        BatchPlan plan = cache.Get(new PlanSignature(1, 1, buffer));
        buffer[1] = new SequenceRoute(5, 0, false);
        Assert.Equal(2, plan.Signature.Routes[1].Slot);
        Assert.NotSame(plan, cache.Get(new PlanSignature(1, 1, buffer)));
    }
}
