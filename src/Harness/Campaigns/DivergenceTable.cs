using Gdn.Harness.Metrics;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>How far the predictions of runs lie from those of a reference.</summary>
internal static class DivergenceTable
{
    private static readonly TableOf<(PerplexityRun Run, DivergenceSummary Summary)> Rows =
        new TableOf<(PerplexityRun Run, DivergenceSummary Summary)>("klDivergence")
            .Left("path", "path", row => row.Run.Plan.Path)
            .Right("sequences", "n_seq", row => row.Run.Plan.Sequences)
            .Right("klDivergence", "KL [95% CI]", row => row.Summary.Mean, row => Nats(row.Summary.Mean), "nats")
            .Right("largest", "max KL", row => row.Summary.Largest, row => Nats(row.Summary.Largest), "nats")
            .Right("sameTop", "same top [95% CI]", row => row.Summary.SameTop, row => Share(row.Summary.SameTop))
            .Right("moveRms", "Δp RMS", row => row.Summary.MoveRms, row => Invariant($"{100 * row.Summary.MoveRms:0.###}%"))
            .Right("difference", "PPL worse by [95% CI]", row => row.Summary.Difference, row => PerplexityText.Text(row.Summary.Difference))
            .Data("scoredTokens", row => row.Summary.Tokens);

    /// <summary>The table of an engine; none where nothing was compared.</summary>
    /// <param name="engine">The engine's runs.</param>
    /// <param name="reference">What they were compared with.</param>
    public static IEnumerable<IPartContent> Of(EnginePerplexity engine, string reference)
    {
        (PerplexityRun, DivergenceSummary)[] rows =
            [.. engine.Runs.Where(run => run.Divergence is not null).Select(run => (run, run.Divergence!))];
        if (rows.Length == 0) yield break;
        yield return new Note($"{engine.Engine}: Kullback-Leibler divergence from {reference}");
        yield return Rows.Of(rows);
    }

    /// <summary>A mean divergence with its interval.</summary>
    public static string Nats(MeanInterval mean) => $"{Nats(mean.Mean)} [{Nats(mean.Low)}, {Nats(mean.High)}]";

    /// <summary>A part of the tokens with its interval.</summary>
    public static string Share(MeanInterval share) =>
        Invariant($"{100 * share.Mean:0.##}% [{100 * share.Low:0.##}, {100 * share.High:0.##}]");

    private static string Nats(double value) => value == 0 ? "0" : Invariant($"{value:G3}");
}
