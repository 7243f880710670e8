namespace Gdn.Optimized.Batching;

/// <summary>
/// Everything that a <see cref="BatchPlan"/> bakes in: shape, slots, planes, resets of every sequence. A plan may be used
/// again only for a pass of equal signature: a key that leaves something out replays a plan on other sequences' state.
/// </summary>
/// <remarks>
/// It may look at a buffer that is filled anew for every pass, so that looking a plan up allocates nothing; what is kept
/// must be a <see cref="Detach"/>ed copy.
/// </remarks>
/// <param name="routes">One per sequence, in the order of the pass.</param>
public readonly struct PlanSignature(ReadOnlyMemory<SequenceRoute> routes) : IEquatable<PlanSignature>
{
    /// <summary>n_seqs.</summary>
    public int SequenceCount => routes.Length;

    /// <summary>One per sequence.</summary>
    public ReadOnlySpan<SequenceRoute> Routes => routes.Span;

    /// <summary>A copy that no longer looks at the caller's buffer.</summary>
    public PlanSignature Detach() => new(routes.ToArray());

    /// <inheritdoc/>
    public bool Equals(PlanSignature other) => Routes.SequenceEqual(other.Routes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PlanSignature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (SequenceRoute route in Routes) hash.Add(route);
        return hash.ToHashCode();
    }

    /// <summary>Whether two signatures allow the same plan.</summary>
    public static bool operator ==(PlanSignature left, PlanSignature right) => left.Equals(right);

    /// <summary>Whether two signatures need different plans.</summary>
    public static bool operator !=(PlanSignature left, PlanSignature right) => !left.Equals(right);
}
