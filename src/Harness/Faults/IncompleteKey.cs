using Gdn.Optimized.Batching;

namespace Gdn.Harness.Faults;

/// <summary>Every pass goes through a plan, whose key is made of what a fault leaves of each route.</summary>
internal abstract class IncompleteKey : RoutingPolicy, IEqualityComparer<PlanSignature>
{
    public override bool RunsInPlace => false;

    public override IEqualityComparer<PlanSignature> PlanKeys => this;

    public bool Equals(PlanSignature x, PlanSignature y)
    {
        if (x.SequenceCount != y.SequenceCount) return false;
        for (int s = 0; s < x.SequenceCount; s++)
            if (KeyOf(x, s) != KeyOf(y, s)) return false;
        return true;
    }

    public int GetHashCode(PlanSignature signature)
    {
        var hash = new HashCode();
        for (int s = 0; s < signature.SequenceCount; s++) hash.Add(KeyOf(signature, s));
        return hash.ToHashCode();
    }

    /// <summary>What of a route is in the key.</summary>
    /// <param name="route">The route.</param>
    /// <param name="isLast">Whether it is the last of the pass.</param>
    protected abstract SequenceRoute KeyOf(SequenceRoute route, bool isLast);

    private SequenceRoute KeyOf(PlanSignature signature, int row) =>
        KeyOf(signature.Routes[row], isLast: row == signature.SequenceCount - 1);
}
