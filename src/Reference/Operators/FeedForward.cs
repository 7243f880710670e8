using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Gated feed-forward block.</summary>
public static class FeedForward
{
    /// <summary><c>down( silu(gate x) * up x )</c> for one token.</summary>
    /// <param name="gate"><c>[F, E]</c>.</param>
    /// <param name="up"><c>[F, E]</c>.</param>
    /// <param name="down"><c>[E, F]</c>.</param>
    /// <param name="x"><c>[E]</c>.</param>
    /// <returns><c>[E]</c>.</returns>
    public static T[] Run<T>(Matrix<T> gate, Matrix<T> up, Matrix<T> down, ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>
    {
        T[] hidden = Linear.Run(gate, x);
        T[] lift = Linear.Run(up, x);
        for (int i = 0; i < hidden.Length; i++) hidden[i] = Activations.SiLU(hidden[i]) * lift[i];
        return Linear.Run<T>(down, hidden);
    }
}
