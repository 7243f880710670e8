namespace Gdn.Harness.Metrics;

/// <summary>
/// Verdicts on several ratios together. With twenty of them, one in twenty would be called different by chance; Holm's procedure keeps the
/// probability of any false difference below the given one, however many there are.
/// </summary>
public static class RatioGrid
{
    /// <summary>The probability of a false difference that is usual.</summary>
    public const double UsualError = 0.05;

    /// <summary>The verdicts, in the order of the ratios.</summary>
    /// <param name="ratios">The ratios.</param>
    /// <param name="margin">Relative differences up to this do not matter: 0.02 is 2%.</param>
    /// <param name="error">Probability that any of them is called different though its difference is within the margin.</param>
    /// <param name="floor">Differences up to this do not count either, but do not make anything equivalent.</param>
    public static RatioVerdict[] Of(
        IReadOnlyList<RatioEstimate> ratios, double margin, double error = UsualError, double floor = 0)
    {
        var verdicts = new RatioVerdict[ratios.Count];
        double within = Math.Log(1 + margin), edge = Math.Max(within, Math.Log(1 + floor));
        // By how many standard errors each lies beyond the margin, the furthest first.
        (int Index, double Beyond)[] order =
        [
            .. ratios.Select((ratio, i) => (i, Beyond: Quotient(Math.Abs(Math.Log(ratio.Ratio)) - edge, ratio.StandardError)))
                .OrderByDescending(row => row.Beyond),
        ];
        bool rejects = true;
        for (int rank = 0; rank < order.Length; rank++)
        {
            (int i, double beyond) = order[rank];
            RatioEstimate ratio = ratios[i];
            rejects &= beyond > StudentT.Quantile(ratio.Rounds - 1, error / (order.Length - rank));
            verdicts[i] = rejects ? ratio.Ratio < 1 ? RatioVerdict.Faster : RatioVerdict.Slower
                : Quotient(within - Math.Abs(Math.Log(ratio.Ratio)), ratio.StandardError) >= StudentT.Quantile(ratio.Rounds - 1, error) ? RatioVerdict.Equivalent
                : RatioVerdict.Inconclusive;
        }

        return verdicts;
    }

    // Without any scatter, what lies beyond lies there for certain.
    private static double Quotient(double distance, double standardError) =>
        standardError > 0 ? distance / standardError : distance > 0 ? double.PositiveInfinity : double.NegativeInfinity;
}
