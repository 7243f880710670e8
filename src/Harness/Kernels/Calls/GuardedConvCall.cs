using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers of one convolution: pool <c>[rows, C, W - 1]</c>, o, snapshots <c>[planes, n_seqs, C, W - 1]</c>.</summary>
internal sealed class GuardedConvCall : GuardedBuffers
{
    private readonly ConvCallShape _shape;
    private readonly int[] _rows;

    /// <summary>Takes copies of the inputs, laid out as in <see cref="ConvCall"/>.</summary>
    public GuardedConvCall(
        in ConvCallShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        ReadOnlySpan<int> rows, ReadOnlySpan<float> pool)
        : base(
            [Guard(CallBuffer.X, x), Guard(CallBuffer.Weights, weights), Guard(CallBuffer.Bias, bias)],
            pool, shape.InputLength, shape.SnapshotLength) =>
        (_shape, _rows) = (shape, rows.ToArray());

    /// <summary>The call.</summary>
    public ConvCall Call => new()
    {
        Shape = _shape,
        X = Input(0),
        Weights = Input(1),
        Bias = Input(2),
        Rows = _rows.ToArray(),
        Pool = Pool,
        Output = Output,
        Snapshots = Snapshots,
    };
}
