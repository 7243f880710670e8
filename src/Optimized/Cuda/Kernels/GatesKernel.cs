using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>The two gates of the delta rule, from the projections of the hidden state.</summary>
public static class GatesKernel
{
    /// <summary><c>beta = sigmoid(b)</c>, in place.</summary>
    public static void RunBeta(ArrayView<float> beta) =>
        BetaItems(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, beta);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void BetaItems(int first, int step, ArrayView<float> beta)
    {
        for (int i = first; i < beta.IntLength; i += step) beta[i] = DeviceMath.Sigmoid(beta[i]);
    }

    /// <summary><c>exp(g)</c>, in place: what the scan multiplies states with.</summary>
    public static void RunExp(ArrayView<float> gates) =>
        ExpItems(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, gates);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void ExpItems(int first, int step, ArrayView<float> gates)
    {
        for (int i = first; i < gates.IntLength; i += step) gates[i] = DeviceMath.Exp(gates[i]);
    }

    /// <summary><c>exp(g)</c> with <c>g = -exp(A_log) * softplus(a + dt_bias)</c>, in place.</summary>
    /// <param name="gates">a <c>[n_tokens, n]</c>; n = Hv, or Hv * K where every key channel has a gate of its own.</param>
    /// <param name="negativeA"><c>-exp(A_log)</c>: <c>[Hv]</c>.</param>
    /// <param name="timeStepBias">dt_bias <c>[n]</c>.</param>
    public static void RunDecay(ArrayView<float> gates, ArrayView<float> negativeA, ArrayView<float> timeStepBias) =>
        DecayItems(Grid.GlobalIndex.X, Grid.DimX * Group.DimX, gates, negativeA, timeStepBias);

    /// <summary>The items of one thread: every so many, from the first on.</summary>
    internal static void DecayItems(int first, int step, ArrayView<float> gates, ArrayView<float> negativeA, ArrayView<float> timeStepBias)
    {
        int perToken = timeStepBias.IntLength, perHead = perToken / negativeA.IntLength;
        for (int i = first; i < gates.IntLength; i += step)
        {
            int gate = i % perToken;
            gates[i] = DeviceMath.Exp(negativeA[gate / perHead] * DeviceMath.Softplus(gates[i] + timeStepBias[gate]));
        }
    }
}
