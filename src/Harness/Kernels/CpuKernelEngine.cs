using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels;

/// <summary>
/// The delta scan of the CPU engine. State rows are gathered side by side and scattered afterwards, as the engine
/// does for several sequences.
/// </summary>
public sealed class CpuKernelEngine : IKernelEngine
{
    /// <inheritdoc/>
    public string Name => "cpu";

    /// <inheritdoc/>
    public KernelPrecision Precision => KernelPrecision.AllF32;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) => true;

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        (KernelShape shape, DeltaRuleShape rule) = (call.Shape, call.Shape.Rule);
        int length = rule.StateLength, planes = Math.Max(1, shape.FilledPlanes);
        // The scan keeps a sequence's planes together, and starts from the plane that its first token writes.
        var states = new float[shape.Sequences * planes * length];
        for (int n = 0; n < shape.Sequences; n++)
            call.Pool.Slice(call.Rows[n] * length, length).CopyTo(states.AsSpan((n * planes + planes - 1) * length));

        var decay = new float[call.G.Length];
        for (int i = 0; i < decay.Length; i++) decay[i] = (float)Math.Exp(call.G[i]);

        DeltaScan.Run(
            rule, shape.Sequences, shape.HeadMap,
            new DeltaScanInput
            {
                Q = call.Q,
                K = call.K,
                V = call.V,
                Decay = decay,
                Beta = call.Beta,
                KeyStride = rule.KeyHeads * rule.KeyDim,
                ValueStride = rule.ValueHeads * rule.ValueDim,
            },
            states, planes, source: planes - 1, call.Output);

        for (int n = 0; n < shape.Sequences; n++)
        {
            ReadOnlySpan<float> sequence = states.AsSpan(n * planes * length, planes * length);
            sequence[..length].CopyTo(call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < shape.FilledPlanes; plane++)
                sequence.Slice(plane * length, length).CopyTo(call.Snapshots[((plane * shape.Sequences + n) * length)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
