using System.Globalization;
using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Campaigns;

/// <summary>What kernels timed side by side report.</summary>
/// <param name="campaign">What was timed.</param>
/// <param name="result">The times.</param>
internal sealed class KernelTimingPart(KernelTimingCampaign campaign, KernelTimingResult result)
{
    private readonly Dictionary<string, string> _labels = EngineLabels.Of(campaign.Engines.Select(engine => engine.Name));

    /// <summary>The part.</summary>
    public Part ToPart()
    {
        IReadOnlyList<Finding> findings = KernelFindings.Of(result.Findings, campaign.Seed);
        int undecided = result.Ratios.Count(ratio => VerdictOf(ratio) == Verdict.Inconclusive);
        return new Part(
            campaign.Name, Part.VerdictOf(findings.Count, result.Completed && undecided == 0), Basis(undecided))
        {
            Content = [.. Measured(), Timings(), Batching()],
            Findings = findings,
        };
    }

    /// <summary>What has a gate of its own: a head, or a key channel.</summary>
    public static string Gate(DeltaRuleShape rule) => rule.PerChannelGate ? "channel" : "head";

    private IEnumerable<Note> Measured() =>
    [
        .. result.Timings.Select(timing => (timing.Engine, timing.Version)).Distinct()
            .Select(engine => new Note($"{_labels[engine.Engine]}: {engine.Engine}, version {engine.Version}")),
        .. result.MultiplyAdds.Select(peak => new Note(string.Create(
            CultureInfo.InvariantCulture, $"peak, {peak.Key} thread(s): {peak.Value / 1e9:F1} G multiply-adds/s"))),
    ];

    private Table Timings() => new TableOf<KernelTiming>("kernelTimings")
        .Left("threads", "threads", timing => timing.Threads)
        .Left("shape", "sequences x tokens", timing => Text(timing.Shape))
        .Left("engine", "engine", timing => timing.Engine, timing => _labels[timing.Engine])
        .Data("version", timing => timing.Version)
        .Data("valueHeads", timing => timing.Shape.Rule.ValueHeads)
        .Data("keyHeads", timing => timing.Shape.Rule.KeyHeads)
        .Data("dim", timing => timing.Shape.Rule.KeyDim)
        .Data("gate", timing => Gate(timing.Shape.Rule))
        .Right("milliseconds", "time", timing => timing.Seconds * 1e3, timing => Milliseconds(timing.Seconds), "ms")
        .Right("limitMilliseconds", "limit", timing => timing.Limit.Seconds * 1e3, timing => Milliseconds(timing.Limit.Seconds), "ms")
        .Left("boundBy", "bound by", timing => timing.Limit.Bound)
        .Right("shareOfLimit", "of limit", timing => timing.ShareOfLimit, timing => Percent(timing.ShareOfLimit))
        .Right(
            "againstFirst", $"times {_labels[campaign.Engines[0].Name]} [95% CI]", timing => timing.AgainstFirst,
            timing => Text(timing.AgainstFirst))
        .Right("detectable", "detectable", timing => timing.AgainstFirst?.DetectableEffect, timing => Detectable(timing.AgainstFirst))
        .Left("speed", "speed", timing => timing.AgainstFirst?.Against(campaign.Margin))
        .Data("verdict", timing => VerdictOf(timing.AgainstFirst))
        .Of(result.Timings);

    private Table Batching() => new TableOf<BatchingCost>("batchingCosts")
        .Left("threads", "threads", cost => cost.Threads)
        .Left("engine", "engine", cost => cost.Engine, cost => _labels[cost.Engine])
        .Left("shape", "batch", cost => Text(cost.Shape))
        .Left("against", "against", cost => Text(cost.Against))
        .Right("ratio", "ratio [95% CI]", cost => cost.Ratio, cost => Text(cost.Ratio))
        .Right("detectable", "detectable", cost => cost.Ratio.DetectableEffect, cost => Detectable(cost.Ratio))
        .Left("speed", "speed", cost => cost.Ratio.Against(campaign.Margin))
        .Data("verdict", cost => VerdictOf(cost.Ratio))
        .Of(result.Batching);

    // Slower is not wrong; not to be able to tell is inconclusive.
    private Verdict VerdictOf(RatioEstimate? ratio) =>
        ratio?.Against(campaign.Margin) == RatioVerdict.Inconclusive ? Verdict.Inconclusive : Verdict.Clean;

    private string Basis(int undecided)
    {
        (int timings, int ratios, double margin) = (result.Timings.Count, result.Ratios.Count(), campaign.Margin);
        FormattableString text = result switch
        {
            { Findings.Count: > 0 } => $"wrong results; nothing was timed",
            { Completed: false } => $"interrupted after {timings} timings",
            _ when undecided > 0 => $"{undecided} of {ratios} ratios straddle the margin of {margin:P0}; use more --pairs",
            _ when ratios > 0 => $"{timings} timings of checked kernels, {ratios} ratios resolved at {margin:P0}",
            _ => $"{timings} timings of checked kernels",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    private static string Text(in KernelShape shape) =>
        string.Create(CultureInfo.InvariantCulture, $"{shape.Sequences}x{shape.Rule.Tokens}");

    private static string Text(RatioEstimate? ratio) => ratio is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{ratio.Ratio:F3} [{ratio.Low:F3}, {ratio.High:F3}]");

    private static string Detectable(RatioEstimate? ratio) => ratio is null ? "" : Percent(ratio.DetectableEffect);

    private static string Milliseconds(double seconds) => (seconds * 1e3).ToString("G3", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
