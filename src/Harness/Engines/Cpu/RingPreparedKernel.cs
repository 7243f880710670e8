using Gdn.Harness.Kernels.Calls;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// The delta scan on a checkpoint and a ring for each sequence, in place: each run goes on where the one before it ended, and
/// writes a checkpoint when it comes past one. Sequences without tokens are left out.
/// </summary>
internal sealed class RingPreparedKernel : IPreparedKernel
{
    private readonly KernelShape _shape;
    private readonly RingShape _ring;
    private readonly Workers _threads;
    private readonly int[] _live, _positions;
    private readonly ScanSegment[] _segments;
    private readonly SequenceRoute[] _routes;
    private readonly AlignedBuffer _q, _k, _v, _g, _beta, _decay, _output, _checkpoints, _keys, _corrections, _decays;

    /// <summary>Lays out a call.</summary>
    public RingPreparedKernel(in KernelCall call, int length, Workers threads)
    {
        (_shape, _threads) = (call.Shape, threads);
        _ring = new RingShape(length, Math.Max(1, _shape.FilledPlanes));
        (_q, _k, _v) = (new(call.Q), new(call.K), new(call.V));
        (_g, _beta, _decay) = (new(call.G), new(call.Beta), new(call.G.Length));
        _output = new(_shape.ValueLength);
        _live = [.. Enumerable.Range(0, _shape.Sequences).Where(n => _shape.TokensOf(n) > 0)];
        (_positions, _routes) = (new int[_live.Length], new SequenceRoute[_live.Length]);
        int[] offsets = _shape.Offsets();
        _segments = [.. _live.Select((n, row) => new ScanSegment(offsets[n], offsets[n + 1] - offsets[n], row))];
        DeltaRuleShape rule = _shape.Rule;
        int entries = _live.Length * _ring.Entries, state = rule.StateLength;
        _checkpoints = new(_live.Length * _ring.Checkpoints * state);
        _keys = new(entries * rule.KeyHeads * rule.KeyDim);
        _corrections = new(entries * rule.ValueHeads * rule.ValueDim);
        _decays = new(entries * rule.ValueHeads * (rule.PerChannelGate ? rule.KeyDim : 1));
        for (int i = 0; i < _live.Length; i++)
            call.Pool.Slice(call.Rows[_live[i]] * state, state).CopyTo(_checkpoints.Contents[(i * _ring.Checkpoints * state)..]);
    }

    private RingStates States => new()
    {
        Shape = _ring,
        Flushed = _ring.Length,
        Checkpoints = _checkpoints.Contents,
        Keys = _keys.Contents,
        Corrections = _corrections.Contents,
        Decays = _decays.Contents,
    };

    /// <inheritdoc/>
    public void Run()
    {
        // The exponential is part of the op.
        DeltaGates.Exp(_g.Contents, _decay.Contents);
        for (int i = 0; i < _live.Length; i++)
            _routes[i] = new SequenceRoute(i, 0, 0, Resets: false, _segments[i].Count, Planes: 0)
            {
                Ring = _ring.At(_positions[i]),
            };

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
        RingScan.Run(rule, _segments, _routes, _shape.HeadMap, input, States, _output.Contents, _threads);
        for (int i = 0; i < _live.Length; i++) _positions[i] += _segments[i].Count;
    }

    /// <inheritdoc/>
    public void Store(in KernelCall call)
    {
        int length = _shape.Rule.StateLength;
        _output.Contents.CopyTo(call.Output);
        for (int i = 0; i < _live.Length; i++)
        {
            int n = _live[i];
            Expand(i, back: 0, call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < Math.Min(_shape.FilledPlanes, _segments[i].Count); plane++)
                Expand(i, plane, call.Snapshots.Slice((plane * _shape.Sequences + n) * length, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in (ReadOnlySpan<AlignedBuffer>)
            [_q, _k, _v, _g, _beta, _decay, _output, _checkpoints, _keys, _corrections, _decays])
            buffer.Dispose();
    }

    // The state as it was some tokens ago.
    private void Expand(int sequence, int back, Span<float> state) =>
        RingExpansion.Run(_shape.Rule, _shape.HeadMap, States, sequence, _ring.At(_positions[sequence] - back), state);
}
