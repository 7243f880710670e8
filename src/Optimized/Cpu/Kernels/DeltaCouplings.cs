namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// How tokens act on each other and on themselves, for all columns of a head: the factors of the forward substitution. D is as in
/// <see cref="DeltaBlockKeys"/>.
/// </summary>
internal readonly unsafe ref struct DeltaCouplings
{
    /// <summary>Tokens to solve for.</summary>
    public required int Count { get; init; }

    /// <summary>Tokens before them whose corrections are known.</summary>
    public int Earlier { get; init; }

    /// <summary>Entries from one token's row of <see cref="KeyKey"/> and <see cref="KeyQuery"/> to the next one's.</summary>
    public required int Stride { get; init; }

    /// <summary><c>-beta(t) D(t, i) k(i) . k(t)</c> for all i before t, <c>[t, i]</c>.</summary>
    public required float* KeyKey { get; init; }

    /// <summary><c>D(t, i) k(i) . q(t)</c> for all i up to t, <c>[t, i]</c>.</summary>
    public required float* KeyQuery { get; init; }

    /// <summary>beta(t).</summary>
    public required float* Beta { get; init; }

    /// <summary>Factor of what was read with the query.</summary>
    public required float* ReadFactor { get; init; }

    /// <summary>Factor of what was read with the key.</summary>
    public required float* PredictionFactor { get; init; }
}
