namespace Gdn.Reference.Kernels;

/// <summary>
/// One call of the convolution: where its inputs lie and where its results go. The caller owns every buffer; none overlaps
/// another, and none may be kept after the call.
/// </summary>
public readonly ref struct ConvCall
{
    /// <summary>Sizes.</summary>
    public required ConvCallShape Shape { get; init; }

    /// <summary>Inputs <c>[n_seqs, T, C]</c>.</summary>
    public required ReadOnlySpan<float> X { get; init; }

    /// <summary>Weights <c>[C, W]</c>; the last tap is the current token's.</summary>
    public required ReadOnlySpan<float> Weights { get; init; }

    /// <summary>Bias <c>[C]</c>, or empty.</summary>
    public required ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Pool row of each sequence: <c>[n_seqs]</c>, distinct, in any order.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>
    /// Windows <c>[rows, C, W - 1]</c>, oldest input first: the rows named in <see cref="Rows"/> hold the inputs before the
    /// first token and receive the last ones. No other row may be read or written.
    /// </summary>
    public required Span<float> Pool { get; init; }

    /// <summary>Receives o <c>[n_seqs, T, C]</c>.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>
    /// Receives <c>[planes, n_seqs, C, W - 1]</c>, newest first: plane s holds the windows s tokens before the end. What
    /// planes beyond the number of tokens receive is up to the engine.
    /// </summary>
    public required Span<float> Snapshots { get; init; }
}
