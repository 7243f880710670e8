using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Reference;

/// <summary>The scalar reference as a kernel engine: single precision, one sequence after the other.</summary>
public sealed class ReferenceKernelEngine : IKernelEngine
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public KernelPrecision Precision => KernelPrecision.AllF32;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) => true;

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        DeltaRuleShape rule = shape.Rule;
        var snapshots = new float[shape.FilledPlanes * rule.StateLength];
        for (int n = 0; n < shape.Sequences; n++)
        {
            DeltaRule.Run(
                rule, shape.HeadMap,
                call.Q.Slice(n * rule.KeyLength, rule.KeyLength), call.K.Slice(n * rule.KeyLength, rule.KeyLength),
                call.V.Slice(n * rule.ValueLength, rule.ValueLength), call.G.Slice(n * rule.GateLength, rule.GateLength),
                call.Beta.Slice(n * rule.BetaLength, rule.BetaLength),
                call.Pool.Slice(call.Rows[n] * rule.StateLength, rule.StateLength),
                call.Output.Slice(n * rule.ValueLength, rule.ValueLength), snapshots.AsSpan());
            for (int plane = 0; plane < shape.FilledPlanes; plane++)
                snapshots.AsSpan(plane * rule.StateLength, rule.StateLength)
                    .CopyTo(call.Snapshots[((plane * shape.Sequences + n) * rule.StateLength)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
