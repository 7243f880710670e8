using System.Globalization;
using Gdn.Harness.Kernels.Timing;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Kernels timed side by side.</summary>
internal static class KernelTimingSection
{
    private const string Name = "kernel timing";

    /// <summary>Runs and prints it.</summary>
    /// <param name="campaign">What to time.</param>
    /// <param name="margin">Relative differences up to this do not matter.</param>
    public static Section Run(KernelTimingCampaign campaign, double margin, CancellationToken cancellation)
    {
        string engines = string.Join(" and ", campaign.Engines.Select(engine => engine.Name));
        Output.Console.WriteLine($"{Name}: {engines}, seed {Output.Text(campaign.Seed)}");
        DeltaRuleShape heads = campaign.Shapes[0].Rule;
        Output.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"heads: Hv {heads.ValueHeads}, Hk {heads.KeyHeads}, dim {heads.KeyDim}, a gate per {Gate(campaign.Shapes[0])}"));
        Output.Console.WriteLine($"machine: {MachineText(RunEnvironment.Current)}");
        KernelTimingResult result = LiveProgress.Run(
            Name, campaign.Steps, step => campaign.Run(step, cancellation));

        Dictionary<string, string> labels = Labels(campaign.Engines);
        foreach ((string engine, string version) in result.Timings.Select(t => (t.Engine, t.Version)).Distinct())
            Output.Console.WriteLine($"{labels[engine]}: {engine}, version {version}");
        foreach ((int threads, double rate) in result.MultiplyAdds)
            Output.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"peak, {threads} thread(s): {rate / 1e9:F1} G multiply-adds/s"));
        if (result.Timings.Count > 0) PrintTimings(campaign.Engines[0].Name, result.Timings, labels, margin);
        if (result.Batching.Count > 0) PrintBatching(result.Batching, labels, margin);

        int undecided = result.Ratios.Count(ratio => ratio.Against(margin) == RatioVerdict.Inconclusive);
        return new Section(
            Name,
            [.. result.Timings.Select(timing => Row(timing, margin)), .. result.Batching.Select(cost => Row(cost, margin))],
            KernelSection.FindingsOf(result.Findings, campaign.Seed),
            result.Completed && undecided == 0,
            Reason(result, undecided, margin));
    }

    // Folders are too long for a table: the kind of an engine will do, and a number where there are several of a kind.
    private static Dictionary<string, string> Labels(IReadOnlyList<TimedEngine> engines) => engines
        .Select(engine => engine.Name)
        .Distinct()
        .GroupBy(name => name.Split(':')[0])
        .SelectMany(names => names.Select((name, i) => (name, Label: names.Count() == 1 ? names.Key : $"{names.Key} {i + 1}")))
        .ToDictionary(pair => pair.name, pair => pair.Label);

    private static void PrintTimings(
        string first, IReadOnlyList<KernelTiming> timings, Dictionary<string, string> labels, double margin)
    {
        Table table = Output.Table(
            3, "threads", "sequences x tokens", "engine", "ms", "limit ms", "bound by", "of limit",
            Markup.Escape($"times {labels[first]} [95% CI]"), "detectable", "verdict");
        foreach (KernelTiming timing in timings)
        {
            table.AddRow(
                Output.Text(timing.Threads), Text(timing.Shape), Markup.Escape(labels[timing.Engine]),
                Milliseconds(timing.Seconds), Milliseconds(timing.Limit.Seconds), timing.Limit.Bound,
                Percent(timing.ShareOfLimit), Text(timing.AgainstFirst), Detectable(timing.AgainstFirst),
                Text(timing.AgainstFirst?.Against(margin)));
        }

        Output.Console.Write(table);
    }

    private static void PrintBatching(IReadOnlyList<BatchingCost> costs, Dictionary<string, string> labels, double margin)
    {
        Table table = Output.Table(4, "threads", "engine", "batch", "against", "ratio [[95% CI]]", "detectable", "verdict");
        foreach (BatchingCost cost in costs)
            table.AddRow(
                Output.Text(cost.Threads), Markup.Escape(labels[cost.Engine]), Text(cost.Shape), Text(cost.Against),
                Text(cost.Ratio), Detectable(cost.Ratio), Text(cost.Ratio.Against(margin)));
        Output.Console.Write(table);
    }

    private static object Row(KernelTiming timing, double margin) => new
    {
        timing.Threads,
        Shape = Text(timing.Shape),
        timing.Shape.Rule.ValueHeads,
        timing.Shape.Rule.KeyHeads,
        Dim = timing.Shape.Rule.KeyDim,
        Gate = Gate(timing.Shape),
        timing.Engine,
        timing.Version,
        Milliseconds = timing.Seconds * 1e3,
        LimitMilliseconds = timing.Limit.Seconds * 1e3,
        BoundBy = timing.Limit.Bound,
        timing.ShareOfLimit,
        AgainstFirst = timing.AgainstFirst,
        Verdict = timing.AgainstFirst?.Against(margin),
    };

    private static object Row(BatchingCost cost, double margin) => new
    {
        cost.Threads,
        Shape = Text(cost.Shape),
        Against = Text(cost.Against),
        cost.Engine,
        cost.Ratio,
        Verdict = cost.Ratio.Against(margin),
    };

    private static string Reason(KernelTimingResult result, int undecided, double margin)
    {
        int ratios = result.Ratios.Count();
        FormattableString text = result switch
        {
            { Findings.Count: > 0 } => $"results are wrong: nothing was timed",
            { Completed: false } => $"interrupted after {result.Timings.Count} timings",
            _ when undecided > 0 => $"{undecided} of {ratios} ratios reach across the margin of {margin:P0}: take more --pairs",
            _ when ratios > 0 => $"{result.Timings.Count} timings of checked kernels, {ratios} ratios told apart at {margin:P0}",
            _ => $"{result.Timings.Count} timings of checked kernels",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    private static string MachineText(RunEnvironment machine) => string.Create(
        CultureInfo.InvariantCulture,
        $"{machine.Processor ?? "unknown processor"}, {machine.Cores} cores, vectors of {machine.VectorBits} bits, " +
        $"governor {machine.Governor ?? "unknown"}, load {machine.LoadAverage?.ToString("F2", CultureInfo.InvariantCulture) ?? "unknown"}");

    private static string Text(in KernelShape shape) =>
        string.Create(CultureInfo.InvariantCulture, $"{shape.Sequences}x{shape.Rule.Tokens}");

    private static string Gate(in KernelShape shape) => shape.Rule.PerChannelGate ? "channel" : "head";

    private static string Text(RatioEstimate? ratio) => ratio is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{ratio.Ratio:F3} [[{ratio.Low:F3}, {ratio.High:F3}]]");

    private static string Detectable(RatioEstimate? ratio) => ratio is null ? "" : Percent(ratio.DetectableEffect);

    private static string Text(RatioVerdict? verdict) => verdict?.ToString().ToLowerInvariant() ?? "";

    private static string Milliseconds(double seconds) => (seconds * 1e3).ToString("G3", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
