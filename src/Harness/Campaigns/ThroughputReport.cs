using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What whole models timed side by side report.</summary>
/// <param name="campaign">What was timed.</param>
/// <param name="engines">Names of the engines, or servers; the first is what the others are compared with.</param>
/// <param name="samples">The times.</param>
internal sealed class ThroughputReport(SpeedCampaign campaign, IReadOnlyList<string> engines, SpeedSamples samples)
{
    /// <summary>The figures of a workload on an engine.</summary>
    private sealed record Row(
        string Engine, Workload Workload, SpeedFigure Prompt, SpeedFigure Answer, int Rounds, double FixedSeconds);

    /// <summary>Two durations compared.</summary>
    private sealed record Pair(string Engine, Workload Workload, string Against, Phase Phase, RatioEstimate Ratio);

    private static readonly TableOf<Row> Rows = new TableOf<Row>("throughput")
        .Data("engine", row => row.Engine)
        .Left("sequences", "B", row => row.Workload.Sequences)
        .Right("prompt", "PP", row => row.Workload.Prompt)
        .Right("answer", "TG", row => row.Workload.Answer)
        .Right("depth", "N_KV", row => row.Workload.Depth)
        .Right("promptSeconds", "T_PP s", row => row.Prompt.Seconds, row => SpeedText.Seconds(row.Prompt))
        .Right("promptRate", "S_PP t/s", row => row.Prompt.Rate, row => SpeedText.Rate(row.Prompt))
        .Right("answerSeconds", "T_TG s", row => row.Answer.Seconds, row => SpeedText.Seconds(row.Answer))
        .Right("answerRate", "S_TG t/s", row => row.Answer.Rate, row => SpeedText.Rate(row.Answer))
        .Data("promptError", row => row.Prompt.Error)
        .Data("answerError", row => row.Answer.Error)
        .Data("np", row => row.Workload.Slots)
        .Data("active", row => row.Workload.Active)
        .Data("rounds", row => row.Rounds)
        .Data("fixedSeconds", row => row.FixedSeconds, "s");

    private readonly SeededRandom _random = new(SeededRandom.Derive(campaign.Seed, 1));
    private readonly Dictionary<string, string> _labels = EngineLabels.Of(engines);

    /// <summary>The part.</summary>
    public Part ToPart()
    {
        Pair[] pairs = [.. AgainstFirst(), .. AgainstPlainForms()];
        RatioVerdict[] verdicts = RatioGrid.Of([.. pairs.Select(pair => pair.Ratio)], campaign.Margin);
        int undecided = verdicts.Count(verdict => verdict == RatioVerdict.Inconclusive);
        string? busy = SpeedText.MachineBusy(samples.Waiting);
        bool isComplete = samples.Rounds == campaign.Rounds;
        Finding[] slower = campaign is ThroughputCampaign { SlowerIsWrong: true }
            ? [.. pairs.Zip(verdicts).Where(pair => pair.Second == RatioVerdict.Slower).Select(pair => Slower(pair.First))]
            : [];
        return new Part(
            campaign.Name, Part.VerdictOf(slower, isComplete && busy is null && undecided == 0),
            slower.Length > 0 ? Invariant($"{slower.Length} of {pairs.Length} speeds are lower") : Basis(busy, undecided, pairs.Length))
        {
            Findings = slower,
            Content =
            [
                .. busy is null ? Array.Empty<Note>() : [new Note(busy, IsWarning: true)],
                .. Enumerable.Range(0, engines.Count).SelectMany(Figures),
                Ratios(pairs, verdicts),
            ],
        };
    }

    private static Finding Slower(Pair pair) => new(
        Invariant($"slower-{(pair.Phase == Phase.Prompt ? "pp" : "tg")}-n{pair.Workload.Slots}"), "throughput", pair.Engine)
    {
        Np = pair.Workload.Slots,
        Detail = Invariant($"{(pair.Phase == Phase.Prompt ? "PP" : "TG")} against {pair.Against}: {SpeedText.Change(pair.Ratio)}"),
        Fingerprint = Invariant($"throughput/slower/{(pair.Phase == Phase.Prompt ? "pp" : "tg")}/n{pair.Workload.Slots}"),
    };

    private IEnumerable<IPartContent> Figures(int engine)
    {
        string name = engines[engine];
        double[] fixedWork = samples.FixedSeconds(engine);
        double typical = fixedWork.Length == 0 ? double.NaN : HodgesLehmann.Median(fixedWork);
        if (engines.Count > 1) yield return new Note($"{_labels[name]}: {name}");
        yield return Rows.Of(campaign.Workloads.Select((workload, i) => new Row(
            name, workload,
            SpeedFigure.Of(workload.Active.Count * workload.Prompt, samples.Seconds(engine, i, Phase.Prompt), _random),
            SpeedFigure.Of(workload.Active.Count * workload.Answer, samples.Seconds(engine, i, Phase.Answer), _random),
            samples.Rounds, typical)));
    }

    private IEnumerable<Pair> AgainstFirst() =>
        from engine in Enumerable.Range(1, engines.Count - 1)
        from workload in Enumerable.Range(0, campaign.Workloads.Count)
        from phase in Enum.GetValues<Phase>()
        select new Pair(
            engines[engine], campaign.Workloads[workload], _labels[engines[0]], phase,
            RatioEstimate.Of(samples.Seconds(engine, workload, phase), samples.Seconds(0, workload, phase), _random));

    private IEnumerable<Pair> AgainstPlainForms() =>
        from engine in Enumerable.Range(0, engines.Count)
        from i in Enumerable.Range(0, campaign.Workloads.Count)
        let workload = campaign.Workloads[i]
        let plain = WorkloadGrid.PlainFormOf(workload, campaign.Workloads)
        where plain is not null
        let j = campaign.Workloads.ToList().IndexOf(plain)
        from phase in Enum.GetValues<Phase>()
        select new Pair(
            engines[engine], workload, plain.HasGaps || plain.Active.Count < plain.Slots ? "{0,1}" : $"np {plain.Slots}", phase,
            RatioEstimate.Of(samples.Seconds(engine, i, phase), samples.Seconds(engine, j, phase), _random));

    private Table Ratios(IReadOnlyList<Pair> pairs, RatioVerdict[] verdicts) =>
        new TableOf<(Pair Pair, RatioVerdict Verdict)>("speedRatios")
            .Left("engine", "engine", row => row.Pair.Engine, row => _labels[row.Pair.Engine])
            .Left("sequences", "B", row => row.Pair.Workload.Sequences)
            .Right("depth", "N_KV", row => row.Pair.Workload.Depth)
            .Left("phase", "", row => row.Pair.Phase, row => row.Pair.Phase == Phase.Prompt ? "PP" : "TG")
            .Left("against", "against", row => row.Pair.Against)
            .Right("ratio", "speed [95% CI]", row => row.Pair.Ratio, row => SpeedText.Change(row.Pair.Ratio))
            .Right("detectable", "detectable", row => row.Pair.Ratio.DetectableEffect, row => SpeedText.Detectable(row.Pair.Ratio))
            .Left("speed", "verdict", row => row.Verdict)
            .Of(pairs.Zip(verdicts));

    private string Basis(string? busy, int undecided, int ratios) =>
        samples.Rounds < campaign.Rounds ? Invariant($"interrupted after {samples.Rounds} of {campaign.Rounds} rounds")
        : busy is not null ? busy
        : undecided > 0
            ? Invariant($"{undecided} of {ratios} ratios not resolved at {100 * campaign.Margin:0.#}%; use more --pairs")
        : Invariant($"{samples.Rounds} rounds; {ratios} ratios resolved at {100 * campaign.Margin:0.#}%");
}
