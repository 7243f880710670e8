using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Models;
using Gdn.Harness.Throughput;

namespace Gdn.Harness.Cli;

/// <summary><c>compare</c>: what a reviewer asks of two engines, in one table.</summary>
internal static class CompareCommand
{
    private const double DefaultMargin = 2;
    private const string DefaultDepths = "0,512";

    private static readonly Argument<string>
        First = new("A") { Description = "An engine, as in 'check': what the other is compared with, for example the build before." },
        Second = new("B") { Description = "The other engine." };

    private static readonly Option<string> Model = CommonOptions.Model(), Slots = CommonOptions.Parallel("1,4");
    private static readonly Option<IReadOnlyList<int>> Depths = WorkloadOptions.Depths(DefaultDepths);
    private static readonly Option<int> Prompt = WorkloadOptions.Prompt(), Answer = WorkloadOptions.Answer();

    private static readonly Option<double> Margin = CommonOptions.Percentage(
        "--margin", "Differences of speed up to this percentage do not matter.", DefaultMargin);

    private static readonly Option<TimeSpan?> Time = CommonOptions.Duration(
        "--time", "How long speeds may take: what is not decided by then stays so. [default: 5m]");

    private static readonly Option<bool> NoPlanted = new("--no-planted")
    {
        Description = "Do not plant a slow-down into A to see whether it would be found.",
    };

    private static readonly Option<TimeSpan?> EngineTimeout = CommonOptions.EngineTimeout();
    private static readonly Option<ulong?> Seed = CommonOptions.Seed();
    private static readonly Option<string> Out = CommonOptions.Out();
    private static readonly Option<string?> Known = CommonOptions.Known();
    private static readonly ReportOptions Reports = new();

    public static Command Create()
    {
        var command = new Command(
            "compare", "Two engines or builds side by side: bleed, perplexity, output with drafts, and, if both are right, speed.")
        {
            First, Second, Model, Slots, Prompt, Answer, Depths, Margin, Time, NoPlanted, Seed, Known, EngineTimeout, Out,
        };
        Reports.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var model = LoadedModel.Load(parsed.GetRequiredValue(Model));
        IReadOnlyList<Workload> workloads = WorkloadGrid.Of(
            CommonOptions.ParallelOf(parsed, Slots), parsed.GetValue(Depths) ?? WorkloadOptions.ParseDepths(DefaultDepths),
            parsed.GetValue(Prompt), parsed.GetValue(Answer));
        WorkloadOptions.Check(workloads, model);
        IsolationOptions isolation = CommonOptions.IsolationOf(parsed, EngineTimeout, cancellation);
        double margin = parsed.GetValue(Margin) / 100, planted = Math.Max(0.04, 2 * margin);
        string first = parsed.GetRequiredValue(First);
        using NamedEngine a = EngineCatalog.ParseForModels(first, isolation);
        using NamedEngine b = EngineCatalog.ParseForModels(parsed.GetRequiredValue(Second), isolation);
        using NamedEngine? slow = parsed.GetValue(NoPlanted)
            ? null
            : EngineCatalog.ParseForModels(first + SlowDown.Suffix(planted), isolation);
        var campaign = new CompareCampaign(a, b, model, workloads, CommonOptions.SeedOf(parsed, Seed))
        {
            Margin = margin,
            Planted = slow,
            PlantedShare = planted,
        };
        if (parsed.GetValue(Time) is { } limit) campaign = campaign with { Limit = limit };
        var session = new Session("compare", campaign.Seed, parsed.GetRequiredValue(Out), Reports.Of(parsed))
        {
            Policy = CommonOptions.PolicyOf(parsed, Known),
        };
        await session.RunAsync(campaign, cancellation);
        return await session.FinishAsync();
    }
}
