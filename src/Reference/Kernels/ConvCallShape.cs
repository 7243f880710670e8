namespace Gdn.Reference.Kernels;

/// <summary>Sizes of one call of the causal depthwise convolution over several sequences of equal length.</summary>
/// <param name="Sequences">n_seqs.</param>
/// <param name="Tokens">T, of each sequence.</param>
/// <param name="Channels">C.</param>
/// <param name="Width">W: taps, at least 2; a window holds W - 1 inputs.</param>
/// <param name="Planes">Snapshots of windows asked for per sequence; 0 for none. May exceed the tokens.</param>
/// <param name="PoolRows">Rows of the pool of windows, at least <paramref name="Sequences"/>.</param>
/// <param name="HasBias">Whether a bias per channel is added.</param>
/// <param name="HasSiLU">Whether SiLU is applied last.</param>
public readonly record struct ConvCallShape(
    int Sequences, int Tokens, int Channels, int Width, int Planes, int PoolRows, bool HasBias, bool HasSiLU)
{
    /// <summary>Elements of x, and of the output: <c>[n_seqs, T, C]</c>.</summary>
    public int InputLength => Sequences * Tokens * Channels;

    /// <summary>Elements of the weights: <c>[C, W]</c>.</summary>
    public int WeightLength => Channels * Width;

    /// <summary>Elements of the bias: <c>[C]</c>, or none.</summary>
    public int BiasLength => HasBias ? Channels : 0;

    /// <summary>Elements of a window: <c>[C, W - 1]</c>.</summary>
    public int WindowLength => Channels * (Width - 1);

    /// <summary>Elements of the pool: <c>[rows, C, W - 1]</c>.</summary>
    public int PoolLength => PoolRows * WindowLength;

    /// <summary>Elements of the snapshots: <c>[planes, n_seqs, C, W - 1]</c>.</summary>
    public int SnapshotLength => Planes * Sequences * WindowLength;

    /// <summary>Planes that a call fills: a plane exists for a window after a token only, not for the initial one.</summary>
    public int FilledPlanes => Math.Min(Planes, Tokens);

    /// <summary>Products, in floating point, since those of absurd sizes fit no integer.</summary>
    public double Work => (double)Sequences * (Tokens + Planes + PoolRows) * Channels * Width;
}
