using Gdn.Harness.Kernels.Calls;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// The delta scan on states that lie side by side, in place: the planes of a sequence together, and each run starting
/// from the plane that its first token writes. Sequences without tokens are left out.
/// </summary>
internal sealed class CpuPreparedKernel : IPreparedKernel
{
    private readonly PreparedTokens _tokens;
    private readonly Workers _threads;
    private readonly AlignedBuffer _states;

    /// <summary>Lays out a call.</summary>
    public CpuPreparedKernel(in KernelCall call, Workers threads)
    {
        (_tokens, _threads) = (new PreparedTokens(call), threads);
        int length = Shape.Rule.StateLength;
        _states = new(_tokens.Live.Length * Planes * length);
        for (int i = 0; i < _tokens.Live.Length; i++)
            call.Pool.Slice(call.Rows[_tokens.Live[i]] * length, length)
                .CopyTo(_states.Contents[((i * Planes + Planes - 1) * length)..]);
    }

    private KernelShape Shape => _tokens.Shape;

    private int Planes => Math.Max(1, Shape.FilledPlanes);

    /// <inheritdoc/>
    public void Run()
    {
        DeltaScanInput input = _tokens.Read();
        if (Shape.Lengths.IsEmpty)
            DeltaScan.Run(
                Shape.Rule, Shape.Sequences, Shape.HeadMap, input, _states.Contents, Planes, source: Planes - 1, _tokens.Output, _threads);
        else
            DeltaScan.Run(
                Shape.Rule, _tokens.Segments, Shape.HeadMap, input, _states.Contents, Planes, source: Planes - 1, _tokens.Output, _threads);
    }

    /// <inheritdoc/>
    public void Store(in KernelCall call)
    {
        int length = Shape.Rule.StateLength;
        _tokens.Output.CopyTo(call.Output);
        for (int i = 0; i < _tokens.Live.Length; i++)
        {
            int n = _tokens.Live[i];
            ReadOnlySpan<float> sequence = _states.Contents.Slice(i * Planes * length, Planes * length);
            sequence[..length].CopyTo(call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < Shape.FilledPlanes; plane++)
                sequence.Slice(plane * length, length)
                    .CopyTo(call.Snapshots[((plane * Shape.Sequences + n) * length)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _states.Dispose();
    }
}
