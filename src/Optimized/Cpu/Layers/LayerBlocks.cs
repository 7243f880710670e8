using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>What the layers of the trunk and the draft layers share.</summary>
internal static class LayerBlocks
{
    /// <summary>The feed-forward block with these weights.</summary>
    /// <param name="maxTokens">Tokens of the longest run.</param>
    public static IBlock FeedForward(ModelConfig config, FeedForwardWeights<float> weights, int maxTokens) => weights switch
    {
        DenseWeights<float> dense => new DenseBlock(dense),
        ExpertWeights<float> moe => new ExpertBlock(config.Experts!, moe, maxTokens),
        _ => throw new InvalidOperationException($"Unknown feed-forward {weights.GetType()}."),
    };

    /// <summary><c>x &lt;- x + block( RMSNorm(x) )</c>.</summary>
    /// <param name="x"><c>[n_tokens, E]</c>.</param>
    /// <param name="normalised">Scratch as long as x.</param>
    /// <param name="change">Scratch as long as x.</param>
    public static void Add(
        IBlock block, ReadOnlySpan<float> norm, float epsilon, in RunContext run, Span<float> x, Span<float> normalised,
        Span<float> change)
    {
        int mark = run.Scratch.Mark;
        RmsNormKernel.Run(x, norm, epsilon, normalised);
        block.Run(run, normalised, change);
        Elementwise.Add(x, change);
        run.Scratch.Release(mark);
    }
}
