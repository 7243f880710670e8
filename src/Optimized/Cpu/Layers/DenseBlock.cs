using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>A dense feed-forward block, and also one expert: <c>down( silu(gate x) * up x )</c>.</summary>
internal sealed class DenseBlock(DenseWeights<float> weights) : IBlock
{
    private readonly Projection _gate = Projection.Of(weights.Gate), _up = Projection.Of(weights.Up), _down = Projection.Of(weights.Down);

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
