namespace Gdn.Reference.Kernels;

/// <summary>
/// One call of the kernel: where its inputs lie and where its results go. The caller owns every buffer; none
/// overlaps another, and none may be kept after the call.
/// </summary>
/// <remarks>
/// In a ragged call the tokens of all sequences lie one behind the other: for <c>[n_seqs, T, ...]</c> read
/// <c>[T_total, ...]</c>. What the inputs are is for the usual form; <see cref="KernelForms"/> says what changes in raw ones.
/// </remarks>
public readonly ref struct KernelCall
{
    /// <summary>Sizes.</summary>
    public required KernelShape Shape { get; init; }

    /// <summary>
    /// Queries <c>[n_seqs, T, Hk, K]</c> of unit length, of any length in raw form; the kernel scales the output by 1 / sqrt(K).
    /// </summary>
    public required ReadOnlySpan<float> Q { get; init; }

    /// <summary>Keys <c>[n_seqs, T, Hk, K]</c> of unit length; of any length in raw form.</summary>
    public required ReadOnlySpan<float> K { get; init; }

    /// <summary>Values <c>[n_seqs, T, Hv, V]</c>.</summary>
    public required ReadOnlySpan<float> V { get; init; }

    /// <summary>
    /// Log decay, natural logarithm, &lt;= 0: <c>[n_seqs, T, Hv]</c> or <c>[n_seqs, T, Hv, K]</c>. In raw form a, before
    /// <c>-exp(A_log) * softplus(a + dt_bias)</c>.
    /// </summary>
    public required ReadOnlySpan<float> G { get; init; }

    /// <summary>Write strength after the sigmoid, 0 to 1: <c>[n_seqs, T, Hv]</c>. In raw form b, before the sigmoid.</summary>
    public required ReadOnlySpan<float> Beta { get; init; }

    /// <summary>Pool row of each sequence: <c>[n_seqs]</c>, distinct, in any order.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>
    /// States <c>[rows, Hv, K, V]</c>: the rows named in <see cref="Rows"/> hold the states before the first token and
    /// receive those after the last. No other row may be read or written.
    /// </summary>
    public required Span<float> Pool { get; init; }

    /// <summary>Receives o <c>[n_seqs, T, Hv, V]</c>.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>
    /// Receives <c>[planes, n_seqs, Hv, K, V]</c>, newest first: plane s holds the states s tokens before the end.
    /// What planes beyond the number of the sequence's own tokens receive is up to the engine.
    /// </summary>
    public required Span<float> Snapshots { get; init; }

    /// <summary>In a ragged call where each sequence's tokens begin, and where the last ones end: <c>[n_seqs + 1]</c>. Else empty.</summary>
    public ReadOnlySpan<int> Offsets { get; init; }

    /// <summary>A_log <c>[Hv]</c> of raw gates; else empty.</summary>
    public ReadOnlySpan<float> ALog { get; init; }

    /// <summary>dt_bias <c>[Hv]</c> of raw gates, or <c>[Hv, K]</c> with a gate per channel; else empty.</summary>
    public ReadOnlySpan<float> TimeStepBias { get; init; }
}
