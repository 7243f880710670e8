using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A dense feed-forward block, and also one expert: <c>down( silu(gate x) * up x )</c>.</summary>
internal sealed class DenseBlock(DenseWeights<float> weights) : IBlock
{
    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int length = x.Length / weights.Gate.Columns * weights.Gate.Rows;
        Span<float> gate = run.Scratch.Take(length), up = run.Scratch.Take(length);
        Linear.Run(weights.Gate, x, gate);
        Linear.Run(weights.Up, x, up);
        Elementwise.TimesSiLU(up, gate);
        Linear.Run(weights.Down, up, y);
    }
}
