using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>The two gates of the delta rule, from the projections of the hidden state.</summary>
public static class GatesKernel
{
    /// <summary><c>beta = sigmoid(b)</c>, in place.</summary>
    public static void RunBeta(ArrayView<float> beta)
    {
        for (int i = Grid.GlobalIndex.X; i < beta.IntLength; i += Grid.DimX * Group.DimX) beta[i] = DeviceMath.Sigmoid(beta[i]);
    }

    /// <summary><c>exp(g)</c>, in place: what the scan multiplies states with.</summary>
    public static void RunExp(ArrayView<float> gates)
    {
        for (int i = Grid.GlobalIndex.X; i < gates.IntLength; i += Grid.DimX * Group.DimX) gates[i] = DeviceMath.Exp(gates[i]);
    }

    /// <summary><c>exp(g)</c> with <c>g = -exp(A_log) * softplus(a + dt_bias)</c>, in place.</summary>
    /// <param name="gates">a <c>[n_tokens, n]</c>; n = Hv, or Hv * K where every key channel has a gate of its own.</param>
    /// <param name="negativeA"><c>-exp(A_log)</c>: <c>[Hv]</c>.</param>
    /// <param name="timeStepBias">dt_bias <c>[n]</c>.</param>
    public static void RunDecay(ArrayView<float> gates, ArrayView<float> negativeA, ArrayView<float> timeStepBias)
    {
        int perToken = timeStepBias.IntLength, perHead = perToken / negativeA.IntLength;
        for (int i = Grid.GlobalIndex.X; i < gates.IntLength; i += Grid.DimX * Group.DimX)
        {
            int gate = i % perToken;
            gates[i] = DeviceMath.Exp(negativeA[gate / perHead] * DeviceMath.Softplus(gates[i] + timeStepBias[gate]));
        }
    }
}
