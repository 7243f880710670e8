namespace Gdn.Reference.Operators;

/// <summary>
/// The gated delta rule in its chunked form, in double precision: a second derivation that shares no step with
/// <see cref="DeltaRule"/>, so that the oracle itself is checked. Not meant to be fast.
/// </summary>
/// <remarks>
/// With b_t the sum of the gates from the chunk's first token up to t, unrolling the recurrence over a chunk that
/// starts from S_0 gives
/// <code>
/// S_t     = e^{b_t} S_0 + sum_{i &lt;= t} e^{b_t - b_i} k_i delta_i^T
/// delta_t = beta_t ( v_t - S_0^T (e^{b_t} k_t) - sum_{i &lt; t} (k_t . e^{b_t - b_i} k_i) delta_i )
/// o_t     = ( S_0^T (e^{b_t} q_t) + sum_{i &lt;= t} (q_t . e^{b_t - b_i} k_i) delta_i ) / sqrt(K)
/// </code>
/// where the exponentials act per key channel if the gate does. The middle line is a unit lower triangular system
/// in the rows delta_t, solved by forward substitution. Decays are always taken as e^{b_t - b_i} with i &lt;= t,
/// never as a quotient, so strong gates cannot overflow.
/// </remarks>
public static class ChunkedDeltaRule
{
    /// <summary>Runs one sequence; arguments as in <see cref="DeltaRule.Run"/>, without snapshots.</summary>
    /// <param name="chunk">Tokens per chunk, at least 1.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or the chunk is empty.</exception>
    public static void Run(
        in DeltaRuleShape shape, HeadMap map, int chunk,
        ReadOnlySpan<double> q, ReadOnlySpan<double> k, ReadOnlySpan<double> v,
        ReadOnlySpan<double> g, ReadOnlySpan<double> beta, Span<double> state, Span<double> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1);
        shape.Validate(q.Length, k.Length, v.Length, g.Length, beta.Length, state.Length, output.Length, 0);

        for (int h = 0; h < shape.ValueHeads; h++)
        {
            int keyHead = map.KeyHeadOf(h, shape.KeyHeads, shape.ValueHeads);
            double[,] s = ToMatrix(state.Slice(h * shape.HeadStateLength, shape.HeadStateLength), shape.ValueDim);
            for (int start = 0; start < shape.Tokens; start += chunk)
            {
                int count = Math.Min(chunk, shape.Tokens - start);
                double[,] result = RunChunk(
                    s,
                    Gather(q, start, count, shape.KeyHeads, keyHead, shape.KeyDim),
                    Gather(k, start, count, shape.KeyHeads, keyHead, shape.KeyDim),
                    Gather(v, start, count, shape.ValueHeads, h, shape.ValueDim),
                    CumulativeGates(g, shape, start, count, h),
                    Gather(beta, start, count, shape.ValueHeads, h, 1));
                for (int t = 0; t < count; t++)
                    for (int j = 0; j < shape.ValueDim; j++)
                        output[((start + t) * shape.ValueHeads + h) * shape.ValueDim + j] = result[t, j];
            }

            for (int i = 0; i < shape.KeyDim; i++)
                for (int j = 0; j < shape.ValueDim; j++)
                    state[h * shape.HeadStateLength + i * shape.ValueDim + j] = s[i, j];
        }
    }

    // One chunk of one head: returns o [count, V] and replaces s by the state after the chunk.
    private static double[,] RunChunk(
        double[,] s, double[,] q, double[,] k, double[,] v, double[,] b, double[,] beta)
    {
        int count = k.GetLength(0), keyDim = k.GetLength(1), valueDim = v.GetLength(1);
        var delta = new double[count, valueDim];
        var o = new double[count, valueDim];

        for (int t = 0; t < count; t++)
        {
            for (int j = 0; j < valueDim; j++)
            {
                double recalled = 0;
                for (int i = 0; i < keyDim; i++) recalled += s[i, j] * Math.Exp(b[t, i]) * k[t, i];
                delta[t, j] = v[t, j] - recalled;
            }

            for (int i = 0; i < t; i++)
            {
                double overlap = DecayedDot(k, t, k, i, b);
                for (int j = 0; j < valueDim; j++) delta[t, j] -= overlap * delta[i, j];
            }

            for (int j = 0; j < valueDim; j++) delta[t, j] *= beta[t, 0];
        }

        for (int t = 0; t < count; t++)
        {
            for (int j = 0; j < valueDim; j++)
                for (int i = 0; i < keyDim; i++) o[t, j] += s[i, j] * Math.Exp(b[t, i]) * q[t, i];
            for (int i = 0; i <= t; i++)
            {
                double overlap = DecayedDot(q, t, k, i, b);
                for (int j = 0; j < valueDim; j++) o[t, j] += overlap * delta[i, j];
            }

            for (int j = 0; j < valueDim; j++) o[t, j] /= Math.Sqrt(keyDim);
        }

        int last = count - 1;
        for (int i = 0; i < keyDim; i++)
            for (int j = 0; j < valueDim; j++)
            {
                double sum = Math.Exp(b[last, i]) * s[i, j];
                for (int t = 0; t < count; t++) sum += Math.Exp(b[last, i] - b[t, i]) * k[t, i] * delta[t, j];
                s[i, j] = sum;
            }

        return o;
    }

    // x_t . (e^{b_t - b_i} y_i)
    private static double DecayedDot(double[,] x, int t, double[,] y, int i, double[,] b)
    {
        double sum = 0;
        for (int c = 0; c < x.GetLength(1); c++) sum += x[t, c] * Math.Exp(b[t, c] - b[i, c]) * y[i, c];
        return sum;
    }

    // b [count, K]: running sums of the gates; a gate per head is the same for every channel.
    private static double[,] CumulativeGates(
        ReadOnlySpan<double> g, in DeltaRuleShape shape, int start, int count, int head)
    {
        int gates = shape.PerChannelGate ? shape.KeyDim : 1;
        var b = new double[count, shape.KeyDim];
        for (int t = 0; t < count; t++)
            for (int i = 0; i < shape.KeyDim; i++)
                b[t, i] = (t == 0 ? 0 : b[t - 1, i])
                    + g[((start + t) * shape.ValueHeads + head) * gates + (gates == 1 ? 0 : i)];
        return b;
    }

    // [count, length] of one head out of [T, heads, length].
    private static double[,] Gather(
        ReadOnlySpan<double> source, int start, int count, int heads, int head, int length)
    {
        var result = new double[count, length];
        for (int t = 0; t < count; t++)
            for (int i = 0; i < length; i++)
                result[t, i] = source[((start + t) * heads + head) * length + i];
        return result;
    }

    private static double[,] ToMatrix(ReadOnlySpan<double> source, int columns)
    {
        var result = new double[source.Length / columns, columns];
        for (int n = 0; n < source.Length; n++) result[n / columns, n % columns] = source[n];
        return result;
    }
}
