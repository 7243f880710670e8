using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers of one call of a kernel, guarded, results poisoned.</summary>
internal sealed class GuardedCall
{
    private readonly (string Name, float[] Given, GuardedBuffer Buffer)[] _inputs;
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
            ("q", q.ToArray(), new(q)), ("k", k.ToArray(), new(k)), ("v", v.ToArray(), new(v)), ("g", g.ToArray(), new(g)),
            ("beta", beta.ToArray(), new(beta)),
        ];
        _pool = new GuardedBuffer(pool);
        _output = new GuardedBuffer(shape.ValueLength);
        _snapshots = new GuardedBuffer(shape.SnapshotLength);
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

    /// <summary>The first write where none belongs, as <c>buffer[index]</c>: a guard zone, or an input; or null.</summary>
    public string? FirstStrayWrite()
    {
        foreach ((string name, float[] given, GuardedBuffer buffer) in _inputs)
        {
            int changed = GuardedBuffer.FirstDifference(given, buffer.Contents);
            if (changed >= 0) return $"{name}[{changed}]";
        }

        foreach ((string name, GuardedBuffer buffer) in
            _inputs.Select(i => (i.Name, i.Buffer)).Concat([("pool", _pool), ("o", _output), ("snapshots", _snapshots)]))
            if (buffer.FirstDamage() is { } index) return $"{name}[{index}] of {buffer.Contents.Length}";
        return null;
    }
}
