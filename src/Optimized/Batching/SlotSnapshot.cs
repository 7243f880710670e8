using Gdn.Reference.Engines;

namespace Gdn.Optimized.Batching;

/// <summary>
/// A copy of one sequence's state, in single precision, laid out the same way by every device: it can be given to an engine
/// on another.
/// </summary>
/// <param name="nextPosition">Position of the next token after a restore.</param>
/// <param name="recurrent">
/// Per linear layer: conv window <c>[W - 1, C]</c>, then S <c>[Hv, K, V]</c>. Then per draft layer, where they follow the
/// sequence, the hidden state that goes with the next token: <c>[E]</c>.
/// </param>
/// <param name="attention">
/// Per full-attention layer, and then per draft layer: keys <c>[n, G, D]</c>, then values <c>[n, G, Dv]</c>.
/// </param>
public sealed class SlotSnapshot(int nextPosition, float[][] recurrent, float[][] attention) : IStateSnapshot
{
    /// <inheritdoc/>
    public int NextPosition => nextPosition;

    /// <summary>Per linear layer: conv window <c>[W - 1, C]</c>, then S <c>[Hv, K, V]</c>; per draft layer, hidden state <c>[E]</c>.</summary>
    public IReadOnlyList<float[]> Recurrent => recurrent;

    /// <summary>How many of those, the last ones, are hidden states for draft layers.</summary>
    public int DraftStates { get; init; }

    /// <summary>Per full-attention and draft layer: keys <c>[n, G, D]</c>, then values <c>[n, G, Dv]</c>.</summary>
    public IReadOnlyList<float[]> Attention => attention;
}
