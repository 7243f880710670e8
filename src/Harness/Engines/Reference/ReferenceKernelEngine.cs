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
    public KernelForms Forms =>
        KernelForms.Ragged | KernelForms.EmptySequences | KernelForms.RawGates | KernelForms.RawKeys;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) => true;

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        DeltaRuleShape token = shape.Rule with { Tokens = 1 };
        var inputs = new CookedInputs<float>(call);
        int[] offsets = shape.Offsets();
        for (int n = 0; n < shape.Sequences; n++)
        {
            (DeltaRuleShape rule, int first) = (shape.RuleOf(n), offsets[n]);
            var snapshots = new float[Math.Min(shape.Planes, rule.Tokens) * rule.StateLength];
            DeltaRule.Run(
                rule, shape.HeadMap,
                inputs.Q.AsSpan(first * token.KeyLength, rule.KeyLength), inputs.K.AsSpan(first * token.KeyLength, rule.KeyLength),
                inputs.V.AsSpan(first * token.ValueLength, rule.ValueLength),
                inputs.G.AsSpan(first * token.GateLength, rule.GateLength),
                inputs.Beta.AsSpan(first * token.BetaLength, rule.BetaLength),
                call.Pool.Slice(call.Rows[n] * rule.StateLength, rule.StateLength),
                call.Output.Slice(first * token.ValueLength, rule.ValueLength), snapshots.AsSpan());
            for (int plane = 0; plane * rule.StateLength < snapshots.Length; plane++)
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
