using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>What a server has to pass before it is timed: a short sweep for bleed.</summary>
/// <param name="Options">The sweep.</param>
internal sealed record ServerCorrectness(LiveBleedOptions Options)
{
    private static readonly Scenario[] Scenarios = [Scenario.Simultaneous, Scenario.Churn];

    /// <summary>The check of a server.</summary>
    /// <param name="options">The server, and how it is spoken to.</param>
    /// <param name="most">The largest np that is timed; with one request at a time nothing can be mixed up.</param>
    /// <returns>Null where there is nothing to check.</returns>
    public static ServerCorrectness? Of(LiveBleedOptions options, int most) => most == 1
        ? null
        : new ServerCorrectness(options with
        {
            Slots = [.. new[] { 2, most }.Distinct()],
            Scenarios = Scenarios,
            Rounds = 1,
            SkipWhatServerLacks = true,
        });

    /// <summary>Runs it.</summary>
    public async Task<Part> RunAsync(FindingPolicy policy, ICampaignProgress progress, CancellationToken cancellation)
    {
        string name = $"bleed, {Options.Server.Info.Address}";
        LiveBleedResult result = await LiveBleedCampaign.SweepAsync(Options, progress, cancellation);
        return LiveBleedPart.Of(name, Options, result, policy, report: null);
    }
}
