namespace Gdn.Optimized.State;

/// <summary>
/// Recurrent state of one linear layer as its kernels see it: for each sequence of the run, K planes, one of which holds
/// the state before the first token. It is either a slot of the pool itself or rows gathered from it.
/// </summary>
/// <param name="conv">Conv windows <c>[n_seqs, K, W - 1, C]</c>, oldest input first.</param>
/// <param name="delta">S <c>[n_seqs, K, Hv, K, V]</c>.</param>
/// <param name="planes">K.</param>
/// <param name="source">The plane to start from.</param>
public readonly ref struct RecurrentRows(Span<float> conv, Span<float> delta, int planes, int source)
{
    /// <summary>Conv windows <c>[n_seqs, K, W - 1, C]</c>.</summary>
    public Span<float> Conv { get; } = conv;

    /// <summary>S <c>[n_seqs, K, Hv, K, V]</c>.</summary>
    public Span<float> Delta { get; } = delta;

    /// <summary>K.</summary>
    public int Planes { get; } = planes;

    /// <summary>The plane that holds the state before the first token.</summary>
    public int Source { get; } = source;
}
