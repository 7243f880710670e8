using System.Numerics;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>The two gates of the delta rule, from the projections of the hidden state.</summary>
public static class DeltaGates
{
    /// <summary>
    /// <c>beta = sigmoid(b)</c> and <c>decay = exp(-exp(A_log) * softplus(a + dt_bias))</c>, per token and value head, or key
    /// channel of one.
    /// </summary>
    /// <param name="beta">b <c>[T, Hv]</c>, replaced by beta.</param>
    /// <param name="decay">a <c>[T, Hv]</c>, or <c>[T, Hv, K]</c>, replaced by the decay, 0 to 1.</param>
    /// <param name="negativeA"><c>-exp(A_log)</c>: <c>[Hv]</c>.</param>
    /// <param name="timeStepBias"><c>dt_bias</c>, as many as a token has gates.</param>
    public static void Run(
        Span<float> beta, Span<float> decay, ReadOnlySpan<float> negativeA, ReadOnlySpan<float> timeStepBias)
    {
        int perHead = timeStepBias.Length / negativeA.Length;
        foreach (ref float entry in beta) entry = VectorMath.Sigmoid(entry);
        for (int i = 0; i < decay.Length; i++)
        {
            int gate = i % timeStepBias.Length;
            decay[i] = (float)Math.Exp(negativeA[gate / perHead] * VectorMath.Softplus((double)decay[i] + timeStepBias[gate]));
        }
    }

    /// <summary><c>decay = exp(g)</c>.</summary>
    /// <param name="gates">g, any shape.</param>
    /// <param name="decay">Receives as many.</param>
    public static void Exp(ReadOnlySpan<float> gates, Span<float> decay)
    {
        int i = 0;
        for (; i <= gates.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Exp(new Vector<float>(gates[i..])).CopyTo(decay[i..]);
        for (; i < gates.Length; i++) decay[i] = MathF.Exp(gates[i]);
    }
}
