using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>What a linear layer's output gate goes through.</summary>
public enum GateActivation
{
    /// <summary><c>x * sigmoid(x)</c>: Gated DeltaNet.</summary>
    SiLU,

    /// <summary><c>1 / (1 + e^-x)</c>: Kimi Delta Attention.</summary>
    Sigmoid,
}

/// <summary>The activation as a function.</summary>
public static class GateActivations
{
    /// <summary>The value that the gated entry is multiplied by.</summary>
    public static T Of<T>(this GateActivation activation, T x) where T : IFloatingPointIeee754<T> =>
        activation == GateActivation.SiLU ? Activations.SiLU(x) : Activations.Sigmoid(x);
}
