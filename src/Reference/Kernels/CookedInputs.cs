using System.Numerics;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Kernels;

/// <summary>
/// The inputs of a call as <see cref="DeltaRule"/> takes them: queries and keys of unit length, gates after softplus and sigmoid.
/// What is raw in the call is computed here, in the arithmetic of T.
/// </summary>
public sealed class CookedInputs<T> where T : IFloatingPointIeee754<T>
{
    // Under the root, when raw queries and keys are normalised.
    private static readonly T Epsilon = T.CreateChecked(1e-6);

    /// <summary>Computes them from a call's inputs.</summary>
    public CookedInputs(in KernelCall call)
    {
        (KernelShape shape, DeltaRuleShape rule) = (call.Shape, call.Shape.Rule);
        (Q, K, V) = (Converted(call.Q), Converted(call.K), Converted(call.V));
        (G, Beta) = (Converted(call.G), Converted(call.Beta));
        if (shape.RawInputs.HasFlag(KernelForms.RawKeys))
        {
            L2Norm.Run(Q.AsSpan(), rule.KeyDim, Epsilon);
            L2Norm.Run(K.AsSpan(), rule.KeyDim, Epsilon);
        }

        if (!shape.RawInputs.HasFlag(KernelForms.RawGates)) return;
        T[] aLog = Converted(call.ALog), bias = Converted(call.TimeStepBias);
        for (int i = 0; i < G.Length; i++)
        {
            int gate = i % bias.Length;
            G[i] = Gates.LogDecay(G[i], -T.Exp(aLog[gate * aLog.Length / bias.Length]), bias[gate]);
        }

        foreach (ref T beta in Beta.AsSpan()) beta = Gates.Beta(beta);
    }

    /// <summary>Queries, laid out as in the call; so are the others.</summary>
    public T[] Q { get; }

    /// <summary>Keys.</summary>
    public T[] K { get; }

    /// <summary>Values.</summary>
    public T[] V { get; }

    /// <summary>Log decays.</summary>
    public T[] G { get; }

    /// <summary>Write strengths.</summary>
    public T[] Beta { get; }

    private static T[] Converted(ReadOnlySpan<float> source)
    {
        var result = new T[source.Length];
        for (int i = 0; i < result.Length; i++) result[i] = T.CreateChecked(source[i]);
        return result;
    }
}
