using System.Globalization;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Kernels;
using Gdn.Harness.Schedules;
using Spectre.Console;

namespace Gdn.Harness.Cli;

/// <summary>Random cases of the delta rule alone.</summary>
internal static class KernelSection
{
    private const string Name = "kernel cases";

    /// <summary>Runs and prints them.</summary>
    public static Section Run(EngineSpec spec, KernelCampaign campaign, CancellationToken cancellation)
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
            [.. result.Findings.Select(finding => FindingOf(spec.Name, finding, campaign.Seed))],
            completed,
            completed ? reason : reason + ", interrupted");
    }

    /// <summary>A kernel's finding with its replay file.</summary>
    public static Finding FindingOf(string engine, KernelFinding finding, ulong seed) => new(
        $"kernel-{KernelCase.NameOf(finding.Case.Regime)}-{seed:x}",
        new ReplayFile
        {
            Schema = ReplayFile.CurrentSchema,
            Engine = engine,
            Check = finding.Property.ToString(),
            Seed = seed,
            Summary = finding.ToString(),
            KernelCase = finding.Case.ToString(),
        });

    private static string Ratio(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
