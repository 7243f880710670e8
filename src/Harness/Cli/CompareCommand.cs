using System.CommandLine;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Models;
using Gdn.Harness.Throughput;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary><c>compare</c>: what a reviewer asks of two engines, in one table.</summary>
internal static class CompareCommand
{
    private const double DefaultMargin = 2;
    private const string DefaultDepths = "0,512";

    private static readonly Argument<string>
        First = new("A")
        {
            Description = "What the other is compared with, for example the build before: an engine, as in 'check', a server's "
                + "address, or a report that --json of throughput, ppl or compare has written.",
        },
        Second = new("B") { Description = "The other engine, server or report." };

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

    private static readonly ServerArguments Servers = new();
    private static readonly Option<TimeSpan?> EngineTimeout = CommonOptions.EngineTimeout();
    private static readonly Option<ulong?> Seed = CommonOptions.Seed();
    private static readonly Option<string> Out = CommonOptions.Out();
    private static readonly Option<string?> Known = CommonOptions.Known();
    private static readonly ReportOptions Reports = new();

    public static Command Create()
    {
        var command = new Command(
            "compare", "Two engines, builds, servers or saved reports side by side: bleed, perplexity, output with drafts, and, if both are "
            + "right, speed.")
        {
            First, Second, Model, Slots, Prompt, Answer, Depths, Margin, Time, NoPlanted, Seed, Known, EngineTimeout, Out,
        };
        Servers.AddManner(command);
        Reports.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(First) is not { } first || result.GetValue(Second) is not { } second) return;
            if (SideOf(first) != SideOf(second)) result.AddError("compare two engines, two servers, or two reports");
            string[] ofEngines = [Model.Name, Depths.Name, NoPlanted.Name, EngineTimeout.Name];
            IEnumerable<string> useless = SideOf(first) switch
            {
                Side.Server => ofEngines,
                Side.Report => [.. ofEngines, .. Servers.MannerNames, Slots.Name, Prompt.Name, Answer.Name, Time.Name, Seed.Name],
                _ => Servers.MannerNames,
            };
            foreach (string option in useless)
                if (CommonOptions.IsGiven(result, option)) result.AddError($"{option} is of no use with {SideOf(first)}s".ToLowerInvariant());
        });
        command.SetAction((parsed, cancellation) => SideOf(parsed.GetRequiredValue(First)) switch
        {
            Side.Server => OfServersAsync(parsed, cancellation),
            Side.Report => OfReportsAsync(parsed, cancellation),
            _ => OfEnginesAsync(parsed, cancellation),
        });
        return command;
    }

    private enum Side
    {
        Engine,
        Server,
        Report,
    }

    private static Side SideOf(string text) =>
        text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal) ? Side.Server
        : text.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Side.Report
        : Side.Engine;

    private static async Task<int> OfReportsAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var campaign = new SavedComparison(
            SavedReport.Read(parsed.GetRequiredValue(First)), SavedReport.Read(parsed.GetRequiredValue(Second)))
        {
            Margin = parsed.GetValue(Margin) / 100,
        };
        Session session = SessionOf(parsed, seed: 0);
        await session.RunAsync(campaign, cancellation);
        return await session.FinishAsync();
    }

    private static async Task<int> OfServersAsync(ParseResult parsed, CancellationToken cancellation)
    {
        ulong seed = CommonOptions.SeedOf(parsed, Seed);
        IReadOnlyList<int>? np = CommonOptions.IsGiven(parsed.CommandResult, Slots.Name) ? CommonOptions.ParallelOf(parsed, Slots) : null;
        Session session = SessionOf(parsed, seed);
        using ICompletionClient first = await Connect(First), second = await Connect(Second);
        Task<ServerSpeed> Speed(ICompletionClient client) =>
            ServerSpeed.OfAsync(client, np, parsed.GetValue(Prompt), parsed.GetValue(Answer), seed, cancellation);
        (ServerSpeed a, ServerSpeed b) = (await Speed(first), await Speed(second));
        if (!a.Workloads.SequenceEqual(b.Workloads))
            throw new InputException(
                "compare", $"the servers cannot be asked the same: {Slotted(first)}, {Slotted(second)}", "start both with as many slots");
        var campaign = new ServerCompareCampaign(
            a.Subject, b.Subject, [.. new[] { a.Correctness, b.Correctness }.OfType<ServerCorrectness>()], a.Workloads, seed)
        {
            Margin = parsed.GetValue(Margin) / 100,
        };
        if (parsed.GetValue(Time) is { } limit) campaign = campaign with { Limit = limit };
        await session.RunAsync(campaign, cancellation);
        return await session.FinishAsync();

        Task<ICompletionClient> Connect(Argument<string> server) =>
            Servers.ConnectAsync(parsed, ServerArguments.Address(server.Name, parsed.GetRequiredValue(server)), cancellation);
    }

    private static string Slotted(ICompletionClient server) => server.Info.Slots is { } slots
        ? Invariant($"{server.Info.Address} has {slots} slots")
        : $"{server.Info.Address} does not tell its slots";

    private static Session SessionOf(ParseResult parsed, ulong seed) =>
        new("compare", seed, parsed.GetRequiredValue(Out), Reports.Of(parsed)) { Policy = CommonOptions.PolicyOf(parsed, Known) };

    private static async Task<int> OfEnginesAsync(ParseResult parsed, CancellationToken cancellation)
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
        Session session = SessionOf(parsed, campaign.Seed);
        await session.RunAsync(campaign, cancellation);
        return await session.FinishAsync();
    }
}
