using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>
/// The reference, token by token, on packed sequences, with a seam wherever ragged calls go wrong. Nothing replaced, it is the
/// reference bit for bit.
/// </summary>
internal sealed class PackedKernel(string name) : IKernelEngine
{
    public delegate void StateDamage(in KernelShape shape, int sequence, int position, int token, Span<float> state);

    public string Name { get; } = name;

    public KernelPrecision Precision => KernelPrecision.AllF32;

    public KernelForms Forms => KernelForms.Ragged | KernelForms.EmptySequences;

    /// <summary>Where a sequence begins.</summary>
    public Func<KernelShape, int, int> Start { get; init; } = (shape, n) => shape.Offsets()[n];

    /// <summary>Tokens of a sequence.</summary>
    public Func<KernelShape, int, int> Length { get; init; } = (shape, n) => shape.TokensOf(n);

    /// <summary>The plane of the state after token t of sequence n.</summary>
    public Func<KernelShape, int, int, int> Plane { get; init; } = (shape, n, t) => shape.TokensOf(n) - 1 - t;

    /// <summary>The sequence whose final state a sequence starts from, or itself for its own.</summary>
    public Func<KernelShape, int, int> StartsFrom { get; init; } = (_, n) => n;

    /// <summary>What happens to the state before a token; position -1 is before the first.</summary>
    public StateDamage? Damage { get; init; }

    public bool Supports(in KernelShape shape) => true;

    public void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        DeltaRuleShape token = shape.Rule with { Tokens = 1 };
        for (int n = 0; n < shape.Sequences; n++)
        {
            Span<float> state = call.Pool.Slice(call.Rows[n] * token.StateLength, token.StateLength);
            if (StartsFrom(shape, n) is var other && other != n)
                call.Pool.Slice(call.Rows[other] * token.StateLength, token.StateLength).CopyTo(state);
            Damage?.Invoke(shape, n, -1, -1, state);
            for (int t = 0; t < Length(shape, n); t++)
            {
                int at = Start(shape, n) + t;
                Damage?.Invoke(shape, n, t, at, state);
                DeltaRule.Run(
                    token, shape.HeadMap, call.Q.Slice(at * token.KeyLength, token.KeyLength),
                    call.K.Slice(at * token.KeyLength, token.KeyLength), call.V.Slice(at * token.ValueLength, token.ValueLength),
                    call.G.Slice(at * token.GateLength, token.GateLength), call.Beta.Slice(at * token.BetaLength, token.BetaLength),
                    state, call.Output.Slice(at * token.ValueLength, token.ValueLength));
                int plane = Plane(shape, n, t);
                if (plane >= 0 && plane < shape.Planes)
                    state.CopyTo(call.Snapshots[((plane * shape.Sequences + n) * state.Length)..]);
            }
        }
    }

    public void Dispose()
    {
    }
}
