using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers of one call of a convolution, guarded, results poisoned.</summary>
internal sealed class GuardedConvCall
{
    private readonly ConvCallShape _shape;
    private readonly (float[] Given, GuardedBuffer Buffer)[] _inputs;
    private readonly GuardedBuffer _pool, _output, _snapshots;
    private readonly int[] _rows;

    /// <summary>Takes copies of the inputs, laid out as in <see cref="ConvCall"/>.</summary>
    public GuardedConvCall(
        in ConvCallShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        ReadOnlySpan<int> rows, ReadOnlySpan<float> pool)
    {
        (_shape, _rows) = (shape, rows.ToArray());
        _inputs =
        [
            (x.ToArray(), new(CallBuffer.X, x)), (weights.ToArray(), new(CallBuffer.Weights, weights)),
            (bias.ToArray(), new(CallBuffer.Bias, bias)),
        ];
        _pool = new GuardedBuffer(CallBuffer.Pool, pool);
        _output = new GuardedBuffer(CallBuffer.Output, shape.InputLength);
        _snapshots = new GuardedBuffer(CallBuffer.Snapshots, shape.SnapshotLength);
    }

    /// <summary>The call.</summary>
    public ConvCall Call => new()
    {
        Shape = _shape,
        X = _inputs[0].Buffer.Contents,
        Weights = _inputs[1].Buffer.Contents,
        Bias = _inputs[2].Buffer.Contents,
        Rows = _rows.ToArray(),
        Pool = Pool,
        Output = Output,
        Snapshots = Snapshots,
    };

    /// <summary>Windows <c>[rows, C, W - 1]</c>.</summary>
    public Span<float> Pool => _pool.Contents;

    /// <summary>o <c>[n_seqs, T, C]</c>.</summary>
    public Span<float> Output => _output.Contents;

    /// <summary>Snapshots <c>[planes, n_seqs, C, W - 1]</c>.</summary>
    public Span<float> Snapshots => _snapshots.Contents;

    /// <summary>A write where none belongs, in words that begin <c>buffer[index</c>; or null.</summary>
    public string? FirstStrayWrite() =>
        _inputs.Select(input => input.Buffer.Changed(input.Given))
            .Concat(_inputs.Select(input => input.Buffer).Append(_pool).Append(_output).Append(_snapshots).Select(b => b.Damage()))
            .FirstOrDefault(found => found is not null);
}
