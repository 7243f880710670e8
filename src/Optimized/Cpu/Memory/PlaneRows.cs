namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Conv windows or S of one linear layer as its kernels see them: for each sequence of the pass, planes, one of which holds the
/// state before the first token. They are either those of a slot itself or gathered from several.
/// </summary>
public readonly ref struct PlaneRows
{
    /// <summary>Conv windows <c>[n_seqs, planes, W - 1, C]</c>, oldest input first; or S <c>[n_seqs, planes, Hv, K, V]</c>.</summary>
    public required Span<float> Rows { get; init; }

    /// <summary>Planes of each sequence.</summary>
    public required int Planes { get; init; }

    /// <summary>The plane that holds the state before the first token.</summary>
    public required int Source { get; init; }
}
