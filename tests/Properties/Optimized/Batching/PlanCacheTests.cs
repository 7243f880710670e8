using Gdn.Optimized.Batching;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

public class PlanCacheTests
{
    private static readonly SequenceRoute First = new(0, 1, 1, Resets: false, Tokens: 2, Planes: 2);
    private static readonly SequenceRoute Second = new(4, 0, 0, Resets: true, Tokens: 2, Planes: 2);

    private static PlanSignature Signature(params SequenceRoute[] routes) => new(routes.Length > 0 ? routes : [First, Second]);

    private static PlanCache Cache(int capacity) => new(capacity, signature => new BatchPlan(signature, planes: 3));

    public static TheoryData<string, PlanSignature> Differing() => new()
    {
        { "n_seq_tokens", Signature(First with { Tokens = 5 }, Second with { Tokens = 5 }) },
        { "one sequence's tokens", Signature(First, Second with { Tokens = 5 }) },
        { "snapshot mode", Signature(First with { Planes = 1 }, Second with { Planes = 1 }) },
        { "slot", Signature(First, Second with { Slot = 3 }) },
        { "live plane of the window", Signature(First with { ConvPlane = 2 }, Second) },
        { "live plane of S", Signature(First with { DeltaPlane = 2 }, Second) },
        { "reset", Signature(First, Second with { Resets = false }) },
        { "n_seqs", Signature(First) },
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
    public void BatchPlan_Signature_GivesRoutingInputs()
    {
        var plan = new BatchPlan(
            Signature(First with { DeltaPlane = 2 }, Second with { Tokens = 1, Planes = 1 }), planes: 3);
        Assert.Equal([1, 12], plan.ConvSource);
        Assert.Equal([2, 12], plan.DeltaSource);
        Assert.Equal([1, 0], plan.ConvMask);
        Assert.Equal([1, 0], plan.DeltaMask);
        Assert.Equal(2, plan.GatheredPlanes);
        Assert.Equal([0, 1], plan.ConvTargets(0));
        Assert.Equal([12], plan.ConvTargets(1));
        Assert.Equal([0, 1], plan.DeltaTargets(0));
        Assert.Equal([12], plan.DeltaTargets(1));
    }

    [Fact]
    public void Get_SameSignature_ReturnsThePlanAndCounts()
    {
        PlanCache cache = Cache(2);
        BatchPlan plan = cache.Get(Signature());
        Assert.Same(plan, cache.Get(Signature()));
        Assert.NotSame(plan, cache.Get(Signature(First)));
        Assert.Equal((1, 2), (cache.Hits, cache.Misses));
    }

    [Fact]
    public void Get_FullCache_DropsTheLeastRecentlyUsed()
    {
        PlanCache cache = Cache(2);
        PlanSignature[] signatures = [.. Enumerable.Range(0, 3).Select(slot => Signature(First with { Slot = slot }))];
        BatchPlan first = cache.Get(signatures[0]);
        cache.Get(signatures[1]);
        cache.Get(signatures[0]);
        cache.Get(signatures[2]);
        Assert.Equal(2, cache.Count);
        Assert.Same(first, cache.Get(signatures[0]));
        cache.Get(signatures[1]);
        Assert.Equal((2, 4), (cache.Hits, cache.Misses));
    }

    // The signature looks at a buffer that the next batch overwrites; the plan must not.
    [Fact]
    public void Get_BufferChangesAfterwards_PlanIsUnchanged()
    {
        PlanCache cache = Cache(2);
        SequenceRoute[] buffer = [First, Second];
        BatchPlan plan = cache.Get(new PlanSignature(buffer));
        buffer[1] = Second with { Slot = 5 };
        Assert.Equal(4, plan.Signature.Routes[1].Slot);
        Assert.NotSame(plan, cache.Get(new PlanSignature(buffer)));
    }
}
