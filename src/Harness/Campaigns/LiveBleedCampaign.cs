using System.Globalization;
using Gdn.Harness.Clients;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Sweeps np and traffic patterns on a live server: does an answer depend on what else the server is doing?
/// </summary>
/// <param name="Options">What to run.</param>
/// <param name="Folder">Where the bug report and the scripts go.</param>
/// <param name="CommandLine">A command line that runs it again.</param>
public sealed record LiveBleedCampaign(LiveBleedOptions Options, string Folder, string CommandLine) : Campaign
{
    /// <inheritdoc/>
    public override string Name => $"bleed, {Options.Server.Info.Address}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head
    {
        get
        {
            ServerInfo server = Options.Server.Info;
            return [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{server.Name}, model {server.Model ?? BugReport.NotReported}, ")
                + string.Create(
                    CultureInfo.InvariantCulture, $"slots {BugReport.Reported(server.Slots)}, seed {Options.Seed}"),
            ];
        }
    }

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        LiveBleedResult result = await SweepAsync(Options, progress, cancellation);
        string? report = null;
        string? unwritten = OutputPath.Write(Folder, () => report = BugReport.Write(Folder, Options, result, CommandLine));
        return LiveBleedPart.Of(Name, Options, result, Policy, report) with
        {
            Unwritten = unwritten is null ? [] : [unwritten],
        };
    }

    /// <summary>Runs the sweep.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Shown how far it has come; null for nobody.</param>
    /// <param name="cancellation">Ends the sweep early; what was found is returned.</param>
    public static Task<LiveBleedResult> SweepAsync(
        LiveBleedOptions options, ICampaignProgress? progress, CancellationToken cancellation) =>
        new LiveBleedSweep(options, progress).RunAsync(cancellation);

    /// <summary>About how many tokens a sweep reads: prompts and answers, alone and in company.</summary>
    public static long TokensOf(IReadOnlyList<Scenario> scenarios, IReadOnlyList<int> np, int rounds, RoundSizes sizes) =>
        scenarios.Sum(scenario => SlotsOf(scenario, np).Sum(
            slots => (long)rounds * slots * (scenario == Scenario.LongPrompts ? 2 * sizes.Ubatch : 4 * (RoundSizes.Prompt + sizes.Answer))));

    /// <summary>The np at which a scenario is run: with one request at a time, there is one.</summary>
    public static IReadOnlyList<int> SlotsOf(Scenario scenario, IReadOnlyList<int> slots) =>
        scenario == Scenario.Solo ? [1] : slots;
}
