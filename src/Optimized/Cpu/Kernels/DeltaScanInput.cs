namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// Inputs of a delta scan. q, k and v may be columns of one wider buffer, as a convolution leaves them: each has a stride
/// from token to token.
/// </summary>
public readonly ref struct DeltaScanInput
{
    /// <summary>Queries, l2-normalised, not yet scaled: per token <c>[Hk, K]</c>.</summary>
    public required ReadOnlySpan<float> Q { get; init; }

    /// <summary>Keys, l2-normalised: per token <c>[Hk, K]</c>.</summary>
    public required ReadOnlySpan<float> K { get; init; }

    /// <summary>Values: per token <c>[Hv, V]</c>.</summary>
    public required ReadOnlySpan<float> V { get; init; }

    /// <summary>exp(g), 0 to 1: <c>[n_tokens, Hv]</c>, or <c>[n_tokens, Hv, K]</c> with a gate per key channel.</summary>
    public required ReadOnlySpan<float> Decay { get; init; }

    /// <summary>Write strength after the sigmoid: <c>[n_tokens, Hv]</c>.</summary>
    public required ReadOnlySpan<float> Beta { get; init; }

    /// <summary>Elements from one token's queries, or keys, to the next one's.</summary>
    public required int KeyStride { get; init; }

    /// <summary>Elements from one token's values to the next one's.</summary>
    public required int ValueStride { get; init; }
}
