namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// Recurrent state of one linear layer as its kernels see it: for each sequence of the pass, planes, one of which holds the
/// state before the first token. It is either a slot itself or rows gathered from several.
/// </summary>
public readonly ref struct RecurrentRows
{
    /// <summary>Conv windows <c>[n_seqs, planes, W - 1, C]</c>, oldest input first.</summary>
    public required Span<float> Conv { get; init; }

    /// <summary>S <c>[n_seqs, planes, Hv, K, V]</c>.</summary>
    public required Span<float> Delta { get; init; }

    /// <summary>Planes of each sequence.</summary>
    public required int Planes { get; init; }

    /// <summary>The plane that holds the conv window before the first token.</summary>
    public required int ConvSource { get; init; }

    /// <summary>The plane that holds S before the first token.</summary>
    public required int DeltaSource { get; init; }
}
