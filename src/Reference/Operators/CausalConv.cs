using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>Causal depthwise convolution over time, whose state is the last W - 1 inputs.</summary>
public static class CausalConv
{
    /// <summary>
    /// <c>y[t, c] = sum_i w[c, i] * in[t + i, c]</c> for i = 0..W-1, where <c>in</c> is the state followed by x,
    /// so that i = W - 1 is the current token. There is no bias, and no activation.
    /// </summary>
    /// <param name="channels">C.</param>
    /// <param name="x">Inputs <c>[T, C]</c>.</param>
    /// <param name="weights">w <c>[C, W]</c>.</param>
    /// <param name="state">The W - 1 inputs before the first token, oldest first: <c>[W - 1, C]</c>; updated.</param>
    /// <param name="output">Receives y <c>[T, C]</c>; must not overlap x.</param>
    /// <param name="snapshots">
    /// Receives <c>[planes, W - 1, C]</c>, newest first, as in <see cref="DeltaRule.Run"/>. May be empty.
    /// </param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Run<T>(
        int channels, ReadOnlySpan<T> x, ReadOnlySpan<T> weights, Span<T> state, Span<T> output,
        Span<T> snapshots = default)
        where T : IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        int width = weights.Length / channels;
        if (width < 2 || weights.Length % channels != 0)
            throw new ArgumentException($"weights has {weights.Length} elements, expected [{channels}, W >= 2].");
        if (x.Length % channels != 0 || output.Length != x.Length)
            throw new ArgumentException($"x has {x.Length} and output {output.Length} elements, expected [T, {channels}].");
        if (state.Length != (width - 1) * channels || snapshots.Length % state.Length != 0)
            throw new ArgumentException($"state has {state.Length} elements, expected [{width - 1}, {channels}].");

        int tokens = x.Length / channels;
        int planes = snapshots.Length / state.Length;
        for (int t = 0; t < tokens; t++)
        {
            ReadOnlySpan<T> now = x.Slice(t * channels, channels);
            for (int c = 0; c < channels; c++)
            {
                T sum = T.Zero;
                for (int i = 0; i < width - 1; i++) sum += weights[c * width + i] * state[i * channels + c];
                output[t * channels + c] = sum + weights[c * width + width - 1] * now[c];
            }

            state[channels..].CopyTo(state);
            now.CopyTo(state[((width - 2) * channels)..]);
            int plane = tokens - 1 - t;
            if (plane < planes) state.CopyTo(snapshots.Slice(plane * state.Length, state.Length));
        }
    }
}
