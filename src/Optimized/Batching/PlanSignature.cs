namespace Gdn.Optimized.Batching;

/// <summary>
/// Everything that a <see cref="BatchPlan"/> bakes in. A plan may be used again only for a batch of equal signature:
/// a key that leaves something out replays a plan on other sequences' state.
/// </summary>
/// <remarks>
/// It may look at a buffer that is filled anew for every batch, so that looking a plan up allocates nothing; what is kept
/// must be a <see cref="Detach"/>ed copy.
/// </remarks>
public readonly struct PlanSignature : IEquatable<PlanSignature>
{
    private readonly ReadOnlyMemory<SequenceRoute> _routes;

    /// <summary>Describes a batched run.</summary>
    /// <param name="tokensPerSequence">n_seq_tokens.</param>
    /// <param name="planes">Snapshot mode: planes per slot of the state pool.</param>
    /// <param name="routes">
    /// One per sequence, slots ascending, so that the same sequences make the same plan in whatever order they come.
    /// </param>
    /// <exception cref="ArgumentException">The slots do not ascend.</exception>
    public PlanSignature(int tokensPerSequence, int planes, ReadOnlyMemory<SequenceRoute> routes)
    {
        ReadOnlySpan<SequenceRoute> span = routes.Span;
        for (int i = 1; i < span.Length; i++)
            if (span[i].Slot <= span[i - 1].Slot)
                throw new ArgumentException($"Slot {span[i].Slot} comes after slot {span[i - 1].Slot}.", nameof(routes));
        TokensPerSequence = tokensPerSequence;
        Planes = planes;
        _routes = routes;
    }

    /// <summary>n_seqs.</summary>
    public int SequenceCount => _routes.Length;

    /// <summary>n_seq_tokens.</summary>
    public int TokensPerSequence { get; }

    /// <summary>Snapshot mode: planes per slot of the state pool.</summary>
    public int Planes { get; }

    /// <summary>One per sequence, slots ascending.</summary>
    public ReadOnlySpan<SequenceRoute> Routes => _routes.Span;

    /// <summary>A copy that no longer looks at the caller's buffer.</summary>
    public PlanSignature Detach() => new(TokensPerSequence, Planes, _routes.ToArray());

    /// <inheritdoc/>
    public bool Equals(PlanSignature other) =>
        TokensPerSequence == other.TokensPerSequence && Planes == other.Planes && Routes.SequenceEqual(other.Routes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PlanSignature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(TokensPerSequence);
        hash.Add(Planes);
        foreach (SequenceRoute route in Routes) hash.Add(route);
        return hash.ToHashCode();
    }

    /// <summary>Whether two signatures allow the same plan.</summary>
    public static bool operator ==(PlanSignature left, PlanSignature right) => left.Equals(right);

    /// <summary>Whether two signatures need different plans.</summary>
    public static bool operator !=(PlanSignature left, PlanSignature right) => !left.Equals(right);
}
