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
    private readonly PreparedTokens _tokens;
    private readonly RingShape _ring;
    private readonly Workers _threads;
    private readonly int[] _positions;
    private readonly SequenceRoute[] _routes;
    private readonly AlignedBuffer _checkpoints, _keys, _corrections, _decays;

    /// <summary>Lays out a call.</summary>
    public RingPreparedKernel(in KernelCall call, int length, Workers threads)
    {
        (_tokens, _threads) = (new PreparedTokens(call), threads);
        _ring = new RingShape(length, Math.Max(1, Shape.FilledPlanes));
        int sequences = _tokens.Live.Length;
        (_positions, _routes) = (new int[sequences], new SequenceRoute[sequences]);
        DeltaRuleShape rule = Shape.Rule;
        int entries = sequences * _ring.Entries, state = rule.StateLength;
        _checkpoints = new(sequences * _ring.Checkpoints * state);
        _keys = new(entries * rule.KeyHeads * rule.KeyDim);
        _corrections = new(entries * rule.ValueHeads * rule.ValueDim);
        _decays = new(entries * rule.ValueHeads * (rule.PerChannelGate ? rule.KeyDim : 1));
        for (int i = 0; i < sequences; i++)
            call.Pool.Slice(call.Rows[_tokens.Live[i]] * state, state).CopyTo(_checkpoints.Contents[(i * _ring.Checkpoints * state)..]);
    }

    private KernelShape Shape => _tokens.Shape;

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
        DeltaScanInput input = _tokens.Read();
        for (int i = 0; i < _routes.Length; i++)
            _routes[i] = new SequenceRoute(i, 0, 0, Resets: false, _tokens.Segments[i].Count, Planes: 0)
            {
                Ring = _ring.At(_positions[i]),
            };
        RingScan.Run(Shape.Rule, _tokens.Segments, _routes, Shape.HeadMap, input, States, _tokens.Output, _threads);
        for (int i = 0; i < _positions.Length; i++) _positions[i] += _tokens.Segments[i].Count;
    }

    /// <inheritdoc/>
    public void Store(in KernelCall call)
    {
        int length = Shape.Rule.StateLength;
        _tokens.Output.CopyTo(call.Output);
        for (int i = 0; i < _tokens.Live.Length; i++)
        {
            int n = _tokens.Live[i];
            Expand(i, back: 0, call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < Math.Min(Shape.FilledPlanes, _tokens.Segments[i].Count); plane++)
                Expand(i, plane, call.Snapshots.Slice((plane * Shape.Sequences + n) * length, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        foreach (AlignedBuffer buffer in (ReadOnlySpan<AlignedBuffer>)[_checkpoints, _keys, _corrections, _decays]) buffer.Dispose();
    }

    // The state as it was some tokens ago.
    private void Expand(int sequence, int back, Span<float> state) =>
        RingExpansion.Run(Shape.Rule, Shape.HeadMap, States, sequence, _ring.At(_positions[sequence] - back), state);
}
