using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>The buffers of one call of a kernel: pool <c>[rows, Hv, K, V]</c>, o, snapshots <c>[planes, n_seqs, Hv, K, V]</c>.</summary>
internal sealed class GuardedCall : GuardedBuffers
{
    private readonly KernelShape _shape;
    private readonly int[] _rows, _offsets;

    /// <summary>Takes copies of the inputs of a call, the pool among them.</summary>
    public GuardedCall(in KernelCall inputs)
        : base(
            [
                Guard(CallBuffer.Q, inputs.Q), Guard(CallBuffer.K, inputs.K), Guard(CallBuffer.V, inputs.V),
                Guard(CallBuffer.G, inputs.G), Guard(CallBuffer.Beta, inputs.Beta), Guard(CallBuffer.ALog, inputs.ALog),
                Guard(CallBuffer.TimeStepBias, inputs.TimeStepBias),
            ],
            inputs.Pool, inputs.Shape.ValueLength, inputs.Shape.SnapshotLength) =>
        (_shape, _rows, _offsets) = (inputs.Shape, inputs.Rows.ToArray(), inputs.Offsets.ToArray());

    /// <summary>The call.</summary>
    public KernelCall Call => new()
    {
        Shape = _shape,
        Q = Input(0),
        K = Input(1),
        V = Input(2),
        G = Input(3),
        Beta = Input(4),
        ALog = Input(5),
        TimeStepBias = Input(6),
        Rows = _rows.ToArray(),
        Offsets = _offsets.ToArray(),
        Pool = Pool,
        Output = Output,
        Snapshots = Snapshots,
    };
}
