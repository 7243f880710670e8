using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Elementwise functions.</summary>
public static class Activations
{
    /// <summary><c>1 / (1 + e^-x)</c>.</summary>
    public static T Sigmoid<T>(T x) where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    /// <summary><c>x * sigmoid(x)</c>.</summary>
    public static T SiLU<T>(T x) where T : IFloatingPointIeee754<T> => x / (T.One + T.Exp(-x));

    /// <summary><c>ln(1 + e^x)</c>, written so that a large x does not overflow.</summary>
    public static T Softplus<T>(T x) where T : IFloatingPointIeee754<T> =>
        T.Max(x, T.Zero) + T.LogP1(T.Exp(-T.Abs(x)));

    /// <summary>Applies <see cref="SiLU{T}(T)"/> in place.</summary>
    public static void SiLU<T>(Span<T> x) where T : IFloatingPointIeee754<T>
    {
        foreach (ref T entry in x) entry = SiLU(entry);
    }

    /// <summary>Replaces x by its softmax, shifted by the maximum.</summary>
    public static void Softmax<T>(Span<T> x) where T : IFloatingPointIeee754<T>
    {
        T max = T.NegativeInfinity, sum = T.Zero;
        foreach (T entry in x) max = T.Max(max, entry);
        foreach (ref T entry in x) sum += entry = T.Exp(entry - max);
        foreach (ref T entry in x) entry /= sum;
    }
}
