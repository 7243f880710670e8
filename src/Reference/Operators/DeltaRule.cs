using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>
/// The gated delta rule, token by token, as in Yang, Kautz and Hatamizadeh, <i>Gated Delta Networks</i>
/// (arXiv 2412.06464), and with one gate per key channel as in Kimi Delta Attention. It favours being read over
/// being fast: no blocking, one head after the other, and no vectors but those of <see cref="Linear"/>.
/// </summary>
public static class DeltaRule
{
    /// <summary>
    /// Runs one sequence. Per value head h with key head hk(h), for each token t:
    /// <code>
    /// S      &lt;- exp(g_t) * S                  row i times exp(g_t[i]) with a gate per channel
    /// delta  &lt;- beta_t * (v_t - S^T k_t)
    /// S      &lt;- S + k_t delta^T
    /// o_t    &lt;- S^T q_t / sqrt(K)
    /// </code>
    /// </summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="map">Which key head a value head reads.</param>
    /// <param name="q">Queries <c>[T, Hk, K]</c>, l2-normalised by the caller, not yet scaled.</param>
    /// <param name="k">Keys <c>[T, Hk, K]</c>, l2-normalised by the caller.</param>
    /// <param name="v">Values <c>[T, Hv, V]</c>.</param>
    /// <param name="g">Log decay, natural logarithm, &lt;= 0: <c>[T, Hv]</c> or <c>[T, Hv, K]</c>.</param>
    /// <param name="beta">Write strength after the sigmoid, 0 to 1: <c>[T, Hv]</c>.</param>
    /// <param name="state">S <c>[Hv, K, V]</c>: the state before the first token, replaced by that after the last.</param>
    /// <param name="output">Receives o <c>[T, Hv, V]</c>.</param>
    /// <param name="snapshots">
    /// Receives <c>[planes, Hv, K, V]</c>, newest first: plane s is the state s tokens before the end. Planes
    /// beyond the number of tokens are left as they were. May be empty.
    /// </param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Run<T>(
        in DeltaRuleShape shape, HeadMap map,
        ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> g, ReadOnlySpan<T> beta,
        Span<T> state, Span<T> output, Span<T> snapshots = default)
        where T : IFloatingPointIeee754<T>
    {
        shape.Validate(
            q.Length, k.Length, v.Length, g.Length, beta.Length, state.Length, output.Length, snapshots.Length);
        T scale = T.One / T.Sqrt(T.CreateChecked(shape.KeyDim));
        int planes = snapshots.Length / shape.StateLength;
        int gates = shape.PerChannelGate ? shape.KeyDim : 1;

        for (int t = 0; t < shape.Tokens; t++)
        {
            for (int h = 0; h < shape.ValueHeads; h++)
            {
                int keyHead = t * shape.KeyHeads + map.KeyHeadOf(h, shape.KeyHeads, shape.ValueHeads);
                int valueHead = t * shape.ValueHeads + h;
                Step(
                    q.Slice(keyHead * shape.KeyDim, shape.KeyDim),
                    k.Slice(keyHead * shape.KeyDim, shape.KeyDim),
                    v.Slice(valueHead * shape.ValueDim, shape.ValueDim),
                    g.Slice(valueHead * gates, gates),
                    beta[valueHead],
                    scale,
                    state.Slice(h * shape.HeadStateLength, shape.HeadStateLength),
                    output.Slice(valueHead * shape.ValueDim, shape.ValueDim));
            }

            int plane = shape.Tokens - 1 - t;
            if (plane < planes) state.CopyTo(snapshots.Slice(plane * shape.StateLength, shape.StateLength));
        }
    }

    // One token of one head. Until the end, output holds delta: the read of the new state needs it no longer.
    private static void Step<T>(
        ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> g, T beta, T scale,
        Span<T> state, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        int columns = v.Length;

        // S <- exp(g) * S
        for (int i = 0; i < k.Length; i++)
        {
            T decay = T.Exp(g.Length == 1 ? g[0] : g[i]);
            foreach (ref T entry in state.Slice(i * columns, columns)) entry *= decay;
        }

        // delta <- beta * (v - S^T k)
        Span<T> delta = output;
        Read(state, k, delta);
        for (int j = 0; j < columns; j++) delta[j] = beta * (v[j] - delta[j]);

        // S <- S + k delta^T
        for (int i = 0; i < k.Length; i++) Linear.AddScaled(state.Slice(i * columns, columns), k[i], delta);

        // o <- S^T q / sqrt(K)
        Read(state, q, output);
        foreach (ref T entry in output) entry *= scale;
    }

    // result <- S^T x
    private static void Read<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> x, Span<T> result)
        where T : IFloatingPointIeee754<T>
    {
        result.Clear();
        for (int i = 0; i < x.Length; i++) Linear.AddScaled(result, x[i], state.Slice(i * result.Length, result.Length));
    }
}
