using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A dense feed-forward block, and also one expert: <c>down( silu(gate x) * up x )</c>.</summary>
internal sealed class DenseBlock(DenseWeights<float> weights) : IBlock
{
    private readonly Linear _gate = Linear.Of(weights.Gate), _up = Linear.Of(weights.Up), _down = Linear.Of(weights.Down);

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int length = x.Length / _gate.Columns * _gate.Rows;
        Span<float> gate = run.Scratch.Take(length), up = run.Scratch.Take(length);
        _gate.Run(x, gate, run.Workers);
        _up.Run(x, up, run.Workers);
        Elementwise.TimesSiLU(up, gate);
        _down.Run(up, y, run.Workers);
    }
}
