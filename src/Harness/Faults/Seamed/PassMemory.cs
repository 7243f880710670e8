using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// The memory that a ubatch works on: inputs, windows, masked cache entries, the order of sums. Each virtual member is a place
/// where a real engine went wrong; its base is right.
/// </summary>
internal class PassMemory
{
    /// <summary>The tokens that a ubatch runs.</summary>
    public virtual int[] InputTokens(Ubatch ubatch, Ubatch? next) => ubatch.Tokens;

    /// <summary>Where the rows of a ubatch find their state in a linear layer.</summary>
    /// <param name="rows">Where they do.</param>
    /// <param name="attentionLayers">Attention layers before this one.</param>
    public virtual Route[] RowsOf(Route[] rows, int attentionLayers) => rows;

    /// <summary>Moves a conv window on, after it was.</summary>
    /// <param name="path">How the segment runs.</param>
    /// <param name="window"><c>[W - 1, C]</c>, oldest first.</param>
    /// <param name="channels">C.</param>
    public virtual void StoreWindow(ScanPath path, Span<float> window, int channels)
    {
    }

    /// <summary>Adds what masked keys and values contribute to attention.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="output"><c>[T, E]</c></param>
    public virtual void AddMasked(Segment segment, StatePool pool, Span<float> output)
    {
    }

    /// <summary>Matrix times tokens.</summary>
    public virtual float[] Project(Matrix<float> weights, ReadOnlySpan<float> x) => Linear.Run(weights, x);
}
