namespace Gdn.Harness.Metrics;

/// <summary>A token with its log-probability.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">In nats, of the model's own distribution: before temperature and masks.</param>
internal readonly record struct ScoredToken(int Id, double LogProbability);

/// <summary>Log-probabilities of a row of logits, in double precision.</summary>
internal static class LogSoftmax
{
    /// <summary>That of one token; NaN if a logit is.</summary>
    public static double Of(ReadOnlySpan<float> logits, int token) => logits[token] - LogSum(logits);

    /// <summary>The likeliest tokens, best first; of equal ones the lower id.</summary>
    /// <param name="logits">The row <c>[V]</c>.</param>
    /// <param name="count">How many; all of them at most.</param>
    public static ScoredToken[] Top(ReadOnlySpan<float> logits, int count)
    {
        double logSum = LogSum(logits);
        var best = new PriorityQueue<int, (float Logit, int LowerFirst)>(count + 1);
        for (int id = 0; id < logits.Length; id++)
        {
            if (best.Count < count) best.Enqueue(id, (logits[id], -id));
            else best.EnqueueDequeue(id, (logits[id], -id));
        }

        var top = new ScoredToken[best.Count];
        for (int i = top.Length - 1; i >= 0; i--)
        {
            int id = best.Dequeue();
            top[i] = new ScoredToken(id, logits[id] - logSum);
        }

        return top;
    }

    /// <summary>Logarithm of the sum of the exponentials of a row: what log-probabilities are less than logits.</summary>
    public static double LogSum(ReadOnlySpan<float> logits)
    {
        double max = double.NegativeInfinity;
        foreach (float logit in logits) max = Math.Max(max, logit);
        double sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - max);
        return max + Math.Log(sum);
    }
}
