using System.Globalization;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;
using Gdn.Reference.Kernels;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Random cases of the delta rule alone.</summary>
internal static class KernelSection
{
    private const string Name = "kernel cases";

    /// <summary>Runs and prints them.</summary>
    public static Section Run(NamedEngine spec, KernelCampaign campaign, CancellationToken cancellation)
    {
        using IKernelEngine engine = spec.CreateKernel();
        Output.Console.WriteLine($"{Name}: engine {engine.Name}, seed {Output.Text(campaign.Seed)}");
        int? cases = campaign.Cases == int.MaxValue ? null : campaign.Cases / campaign.Shards;
        KernelCampaignResult result = LiveProgress.Run(
            Name, cases, step => campaign.Run(engine, (_, _) => step(), cancellation));

        Table table = Output.Table(
            1, "inputs", "cases", "dirty", "output error / bound", "state error / bound", "error / baseline");
        foreach ((InputRegime regime, RegimeSummary row) in result.Regimes)
            table.AddRow(
                KernelCase.NameOf(regime), Output.Text(row.Cases), Output.Text(row.Failed), Ratio(row.Use.Output),
                Ratio(row.Use.State), Ratio(row.Use.Baseline));
        Output.Console.Write(table);

        bool completed = result.Failed > 0 || !cancellation.IsCancellationRequested;
        string reason = string.Create(CultureInfo.InvariantCulture, $"{result.Failed} of {result.Cases} kernel cases failed");
        return new Section(
            Name,
            [.. result.Regimes.Select(row => new
            {
                Regime = KernelCase.NameOf(row.Key),
                row.Value.Cases,
                row.Value.Failed,
                row.Value.Use,
            })],
            FindingsOf(result.Findings.Select(finding => finding with { Engine = spec.Name }), campaign.Seed),
            completed,
            completed ? reason : reason + ", interrupted");
    }

    /// <summary>Findings with replay files: one for each shape and what is wrong with it; other inputs seldom say more.</summary>
    public static IReadOnlyList<Finding> FindingsOf(IEnumerable<KernelFinding> findings, ulong seed) =>
    [
        .. findings
            .GroupBy(finding => (finding.Engine, finding.Case))
            .Select(ofCase => ofCase.ToArray())
            .DistinctBy(ofCase => (
                ofCase[0].Engine, ofCase[0].Case.Shape, string.Join(',', ofCase.Select(finding => finding.Property).Distinct())))
            .Select(ofCase => FindingOf(ofCase, seed)),
    ];

    // All that is wrong on one case.
    private static Finding FindingOf(KernelFinding[] ofCase, ulong seed)
    {
        string others = string.Join(", ", ofCase.Skip(1).Select(finding => $"{finding.Property} {finding.Where}"));
        return new Finding(
            $"kernel-{KernelCase.NameOf(ofCase[0].Case.Regime)}-{seed:x}",
            new ReplayFile
            {
                Schema = ReplayFile.CurrentSchema,
                Engine = ofCase[0].Engine,
                Check = ofCase[0].Property.ToString(),
                Seed = seed,
                Summary = others.Length == 0 ? ofCase[0].ToString() : $"{ofCase[0]}; also {others}",
                KernelCase = ofCase[0].Case.ToString(),
            });
    }

    private static string Ratio(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
