using Gdn.Harness.Kernels.Calls;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// The delta scan on states that lie side by side, in place: the planes of a sequence together, and each run starting
/// from the plane that its first token writes. Sequences without tokens are left out.
/// </summary>
internal sealed class CpuPreparedKernel : IPreparedKernel
{
    private readonly KernelShape _shape;
    private readonly Workers _threads;
    private readonly int[] _live;
    private readonly ScanSegment[] _segments;
    private readonly AlignedBuffer _q, _k, _v, _g, _beta, _decay, _states, _output;

    /// <summary>Lays out a call.</summary>
    public CpuPreparedKernel(in KernelCall call, Workers threads)
    {
        (_shape, _threads) = (call.Shape, threads);
        (_q, _k, _v) = (new(call.Q), new(call.K), new(call.V));
        (_g, _beta, _decay) = (new(call.G), new(call.Beta), new(call.G.Length));
        _output = new(_shape.ValueLength);
        _live = [.. Enumerable.Range(0, _shape.Sequences).Where(n => _shape.TokensOf(n) > 0)];
        int[] offsets = _shape.Offsets();
        _segments = [.. _live.Select((n, row) => new ScanSegment(offsets[n], offsets[n + 1] - offsets[n], row))];
        int length = _shape.Rule.StateLength;
        _states = new(_live.Length * Planes * length);
        for (int i = 0; i < _live.Length; i++)
            call.Pool.Slice(call.Rows[_live[i]] * length, length)
                .CopyTo(_states.Contents[((i * Planes + Planes - 1) * length)..]);
    }

    private int Planes => Math.Max(1, _shape.FilledPlanes);

    /// <inheritdoc/>
    public void Run()
    {
        // The exponential is part of the op.
        DeltaGates.Exp(_g.Contents, _decay.Contents);

        DeltaRuleShape rule = _shape.Rule;
        var input = new DeltaScanInput
        {
            Q = _q.Contents,
            K = _k.Contents,
            V = _v.Contents,
            Decay = _decay.Contents,
            Beta = _beta.Contents,
            KeyStride = rule.KeyHeads * rule.KeyDim,
            ValueStride = rule.ValueHeads * rule.ValueDim,
        };
        if (_shape.Lengths.IsEmpty)
            DeltaScan.Run(
                rule, _shape.Sequences, _shape.HeadMap, input, _states.Contents, Planes, source: Planes - 1, _output.Contents, _threads);
        else
            DeltaScan.Run(
                rule, _segments, _shape.HeadMap, input, _states.Contents, Planes, source: Planes - 1, _output.Contents, _threads);
    }

    /// <inheritdoc/>
    public void Store(in KernelCall call)
    {
        int length = _shape.Rule.StateLength;
        _output.Contents.CopyTo(call.Output);
        for (int i = 0; i < _live.Length; i++)
        {
            int n = _live[i];
            ReadOnlySpan<float> sequence = _states.Contents.Slice(i * Planes * length, Planes * length);
            sequence[..length].CopyTo(call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < _shape.FilledPlanes; plane++)
                sequence.Slice(plane * length, length)
                    .CopyTo(call.Snapshots[((plane * _shape.Sequences + n) * length)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in (ReadOnlySpan<AlignedBuffer>)[_q, _k, _v, _g, _beta, _decay, _states, _output])
            buffer.Dispose();
    }
}
