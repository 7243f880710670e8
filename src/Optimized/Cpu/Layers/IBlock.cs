namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A half of a layer: what mixes tokens, or the feed-forward block. The residual stream is the caller's.</summary>
internal interface IBlock
{
    /// <summary>Runs over all tokens of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="x">Normalised inputs <c>[n_tokens, E]</c>, sequence after sequence.</param>
    /// <param name="y">Receives the outputs <c>[n_tokens, E]</c>.</param>
    void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y);
}
