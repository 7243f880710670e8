using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers of one call of a kernel, guarded, results poisoned.</summary>
internal sealed class GuardedCall
{
    private readonly (float[] Given, GuardedBuffer Buffer)[] _inputs;
    private readonly GuardedBuffer _pool, _output, _snapshots;
    private readonly KernelShape _shape;
    private readonly int[] _rows;

    /// <summary>Takes copies of the inputs, laid out as in <see cref="KernelCall"/>.</summary>
    public GuardedCall(
        in KernelShape shape, ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> g,
        ReadOnlySpan<float> beta, ReadOnlySpan<int> rows, ReadOnlySpan<float> pool)
    {
        (_shape, _rows) = (shape, rows.ToArray());
        _inputs =
        [
            (q.ToArray(), new(CallBuffer.Q, q)), (k.ToArray(), new(CallBuffer.K, k)), (v.ToArray(), new(CallBuffer.V, v)),
            (g.ToArray(), new(CallBuffer.G, g)), (beta.ToArray(), new(CallBuffer.Beta, beta)),
        ];
        _pool = new GuardedBuffer(CallBuffer.Pool, pool);
        _output = new GuardedBuffer(CallBuffer.Output, shape.ValueLength);
        _snapshots = new GuardedBuffer(CallBuffer.Snapshots, shape.SnapshotLength);
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
        Rows = _rows.ToArray(),
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
}
