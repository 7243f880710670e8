using Gdn.Harness.Clients;
using Gdn.Harness.Metrics;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What an engine says about one token of an answer, after the tokens before it, in nats.</summary>
/// <param name="Candidates">Log-probabilities of the tokens that the server reports there, in its order.</param>
/// <param name="Best">The likeliest token; that of the answer where it is one of several.</param>
/// <param name="Gap">How much likelier it is than the token of the answer; 0 where that is the one, NaN where a logit is.</param>
internal sealed record ForcedPosition(double[] Candidates, int Best, double Gap)
{
    /// <summary>Looks at a row of logits.</summary>
    /// <param name="row"><c>[V]</c>.</param>
    /// <param name="token">The token of the answer, and those that the server reports beside it.</param>
    /// <param name="isText">Whether a server may choose a token.</param>
    public static ForcedPosition Of(ReadOnlySpan<float> row, ServedToken token, Func<int, bool> isText)
    {
        double sum = LogSoftmax.LogSum(row);
        int best = token.Id!.Value;
        for (int id = 0; id < row.Length; id++)
            if (row[id] > row[best] && isText(id)) best = id;
        var candidates = new double[token.Candidates.Count];
        for (int i = 0; i < candidates.Length; i++) candidates[i] = row[token.Candidates[i].Id!.Value] - sum;
        return new ForcedPosition(candidates, best, double.IsNaN(sum) ? double.NaN : row[best] - row[token.Id.Value]);
    }

    /// <summary>How far a server's report is from it; NaN where the server computed none, null where it reports none.</summary>
    public double? MoveOf(ServedToken reported) => reported.LogProbability is double.NaN
        ? double.NaN
        : Move([.. reported.Candidates.Select(candidate => candidate.LogProbability)], Candidates);

    /// <summary>
    /// How far two sides disagree: the root mean square of the differences, less their mean, so that the normaliser cancels.
    /// A single value has nothing to be compared with but itself. Null without values; NaN where one is.
    /// </summary>
    public static double? Move(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        if (one.IsEmpty) return null;
        double sum = 0, squares = 0;
        for (int i = 0; i < one.Length; i++)
        {
            double difference = one[i] - other[i];
            sum += difference;
            squares += difference * difference;
        }

        double mean = one.Length == 1 ? 0 : sum / one.Length;
        // Rounding may leave a little less than nothing.
        return Math.Sqrt(Math.Max(squares / one.Length - mean * mean, 0));
    }
}
