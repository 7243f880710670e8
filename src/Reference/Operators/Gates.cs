using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>The two gates of the delta rule, from the projections of the hidden state.</summary>
public static class Gates
{
    /// <summary>Write strength: <c>beta = sigmoid(b)</c>.</summary>
    public static T Beta<T>(T b) where T : IFloatingPointIeee754<T> => Activations.Sigmoid(b);

    /// <summary>
    /// Log decay: <c>g = -exp(A_log) * softplus(a + dt_bias)</c>, natural logarithm, never positive.
    /// </summary>
    /// <param name="a">Projection of the hidden state.</param>
    /// <param name="negativeA"><c>-exp(A_log)</c>: what model files store as <c>ssm_a</c>.</param>
    /// <param name="timeStepBias"><c>dt_bias</c>.</param>
    public static T LogDecay<T>(T a, T negativeA, T timeStepBias) where T : IFloatingPointIeee754<T> =>
        negativeA * Activations.Softplus(a + timeStepBias);

    /// <summary>The same for all gates of all tokens, in place.</summary>
    /// <param name="gates">a <c>[T, n]</c>, replaced by g: n = Hv, or Hv * K where every key channel has a gate of its own.</param>
    /// <param name="negativeA"><c>[Hv]</c>: the channels of a head share it.</param>
    /// <param name="timeStepBias"><c>[n]</c>.</param>
    public static void LogDecay<T>(Span<T> gates, ReadOnlySpan<T> negativeA, ReadOnlySpan<T> timeStepBias)
        where T : IFloatingPointIeee754<T>
    {
        int perHead = timeStepBias.Length / negativeA.Length;
        for (int i = 0; i < gates.Length; i++)
        {
            int gate = i % timeStepBias.Length;
            gates[i] = LogDecay(gates[i], negativeA[gate / perHead], timeStepBias[gate]);
        }
    }
}
