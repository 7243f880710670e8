using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers of one call of a kernel, guarded, results poisoned.</summary>
internal sealed class GuardedCall
{
    private readonly (float[] Given, GuardedBuffer Buffer)[] _inputs;
    private readonly GuardedBuffer _pool, _output, _snapshots;
    private readonly KernelShape _shape;
    private readonly int[] _rows, _offsets;

    /// <summary>Takes copies of the inputs of a call, the pool among them.</summary>
    public GuardedCall(in KernelCall inputs)
    {
        (_shape, _rows, _offsets) = (inputs.Shape, inputs.Rows.ToArray(), inputs.Offsets.ToArray());
        _inputs =
        [
            Input(CallBuffer.Q, inputs.Q), Input(CallBuffer.K, inputs.K), Input(CallBuffer.V, inputs.V), Input(CallBuffer.G, inputs.G),
            Input(CallBuffer.Beta, inputs.Beta), Input(CallBuffer.ALog, inputs.ALog),
            Input(CallBuffer.TimeStepBias, inputs.TimeStepBias),
        ];
        _pool = new GuardedBuffer(CallBuffer.Pool, inputs.Pool);
        _output = new GuardedBuffer(CallBuffer.Output, _shape.ValueLength);
        _snapshots = new GuardedBuffer(CallBuffer.Snapshots, _shape.SnapshotLength);
    }

    /// <summary>The call.</summary>
    public KernelCall Call => new()
    {
        Shape = _shape,
        Q = _inputs[0].Buffer.Contents,
        K = _inputs[1].Buffer.Contents,
        V = _inputs[2].Buffer.Contents,
        G = _inputs[3].Buffer.Contents,
        Beta = _inputs[4].Buffer.Contents,
        ALog = _inputs[5].Buffer.Contents,
        TimeStepBias = _inputs[6].Buffer.Contents,
        Rows = _rows.ToArray(),
        Offsets = _offsets.ToArray(),
        Pool = Pool,
        Output = Output,
        Snapshots = Snapshots,
    };

    /// <summary>States <c>[rows, Hv, K, V]</c>.</summary>
    public Span<float> Pool => _pool.Contents;

    /// <summary>o <c>[n_seqs, T, Hv, V]</c>.</summary>
    public Span<float> Output => _output.Contents;

    /// <summary>Snapshots <c>[planes, n_seqs, Hv, K, V]</c>.</summary>
    public Span<float> Snapshots => _snapshots.Contents;

    /// <summary>A write where none belongs, in a guard zone or an input, in words that begin <c>buffer[index</c>; or null.</summary>
    public string? FirstStrayWrite() =>
        _inputs.Select(input => input.Buffer.Changed(input.Given))
            .Concat(_inputs.Select(input => input.Buffer).Append(_pool).Append(_output).Append(_snapshots).Select(b => b.Damage()))
            .FirstOrDefault(found => found is not null);

    private static (float[], GuardedBuffer) Input(CallBuffer buffer, ReadOnlySpan<float> given) =>
        (given.ToArray(), new(buffer, given));
}
