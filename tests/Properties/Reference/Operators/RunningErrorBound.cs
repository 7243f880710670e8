using Gdn.Reference.Operators;

namespace Gdn.Properties.Reference.Operators;

/// <summary>
/// How far a recurrence in working precision may stray from the exact one: first-order forward error bounds, worst
/// case, carried along the exact run. Per head, with unit roundoff u, <c>S' = e^g S</c>, <c>r = beta (v - S'^T k)</c>,
/// <c>S+ = S' + k r^T</c>, <c>gamma_n = n u / (1 - n u)</c>:
/// <code>
/// E+  = rho e^g E + 3u e^g |S| + |k| ( beta gamma_K | |S'|^T |k| | + 3u |r| ) + u |S+|,   rho = max(1, |1 - beta |k|^2|)
/// do  = ( |q| E+ + gamma_{K+3} | |S+|^T |q| | ) / sqrt(K)
/// </code>
/// Matrix norms are Frobenius norms; e^g is the largest of the channels. The three in K + 3 are the square root, the
/// quotient and the product of the scale.
/// </summary>
internal static class RunningErrorBound
{
    // Below its smallest normal number a float rounds absolutely, which the relative bounds do not cover.
    private const double Underflow = 1e-37;

    /// <summary>Bounds on the 2-norm of each output row <c>[T, Hv]</c> and on the norm of each final state <c>[Hv]</c>.</summary>
    public static (double[] Output, double[] State) Of(DeltaRuleInputs<double> inputs, double u)
    {
        DeltaRuleShape shape = inputs.Shape;
        double scale = 1 / Math.Sqrt(shape.KeyDim);
        var output = new double[shape.BetaLength];
        var error = new double[shape.ValueHeads];
        double[] state = inputs.State;
        for (int t = 0; t < shape.Tokens; t++)
        {
            DeltaRuleInputs<double> token = inputs.Slice(t, 1, state);
            double[] after = token.Run().State;
            for (int h = 0; h < shape.ValueHeads; h++)
            {
                double readOut = Step(token, after, h, u, ref error[h]);
                output[t * shape.ValueHeads + h] = scale * readOut + Underflow;
            }

            state = after;
        }

        return (output, [.. error.Select(e => e + Underflow)]);
    }

    // One token of one head: moves the error of the state on, returns that of S^T q.
    private static double Step(DeltaRuleInputs<double> token, double[] after, int head, double u, ref double error)
    {
        DeltaRuleShape shape = token.Shape;
        (int rows, int columns) = (shape.KeyDim, shape.ValueDim);
        int keyHead = token.Map.KeyHeadOf(head, shape.KeyHeads, shape.ValueHeads);
        ReadOnlySpan<double> q = token.Q.AsSpan(keyHead * rows, rows), k = token.K.AsSpan(keyHead * rows, rows);
        ReadOnlySpan<double> s = token.State.AsSpan(head * rows * columns, rows * columns);
        ReadOnlySpan<double> next = after.AsSpan(head * rows * columns, rows * columns);
        double beta = token.Beta[head];

        var decayed = new double[rows * columns];
        double decay = 0;
        for (int n = 0; n < decayed.Length; n++)
        {
            double factor = Math.Exp(token.G[shape.PerChannelGate ? head * rows + n / columns : head]);
            decayed[n] = factor * s[n];
            decay = Math.Max(decay, factor);
        }

        var r = new double[columns];
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < rows; i++) r[j] += decayed[i * columns + j] * k[i];
            r[j] = beta * (token.V[head * columns + j] - r[j]);
        }

        double keyNorm = DeltaRuleInputs.Norm(k);
        double rho = Math.Max(1, Math.Abs(1 - beta * keyNorm * keyNorm));
        error = rho * decay * error + 3 * u * decay * DeltaRuleInputs.Norm(s)
            + keyNorm * (beta * Gamma(rows, u) * AbsoluteRead(decayed, k) + 3 * u * DeltaRuleInputs.Norm(r))
            + u * DeltaRuleInputs.Norm(next);
        return DeltaRuleInputs.Norm(q) * error + Gamma(rows + 3, u) * AbsoluteRead(next, q);
    }

    private static double Gamma(int n, double u) => n * u / (1 - n * u);

    // | |S|^T |x| |
    private static double AbsoluteRead(ReadOnlySpan<double> s, ReadOnlySpan<double> x)
    {
        var sums = new double[s.Length / x.Length];
        for (int n = 0; n < s.Length; n++) sums[n % sums.Length] += Math.Abs(s[n] * x[n / sums.Length]);
        return DeltaRuleInputs.Norm(sums);
    }
}
