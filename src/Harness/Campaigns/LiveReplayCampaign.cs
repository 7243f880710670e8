using System.Globalization;
using Gdn.Harness.Bleed;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>A dirty round again, on the same server or another.</summary>
/// <param name="Path">The replay file's path.</param>
/// <param name="File">Its content.</param>
/// <param name="Round">The round, valid.</param>
/// <param name="Server">The server.</param>
public sealed record LiveReplayCampaign(string Path, ReplayFile File, LiveRound Round, ICompletionClient Server) : Campaign
{
    private const int NoisePrompts = 4;

    /// <inheritdoc/>
    public override string Name => "replay";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Server.Info.Name} at {Server.Info.Address}, np {Round.Slots}, {Round.Scenario.Name()}, ")
        + string.Create(CultureInfo.InvariantCulture, $"{Round.Requests.Count} requests"),
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var solo = new SoloAnswers(Server);
        RoundResult result;
        try
        {
            NoiseFloor noise = await solo.MeasureNoiseAsync(
                [.. Round.Requests.Take(NoisePrompts).Select(request => request.Prompt)],
                Round.Requests.Max(request => request.MaxTokens), cancellation);
            result = await new RoundRunner(Server, solo, noise).RunAsync(Round, cancellation);
        }
        catch (BadAnswerException e)
        {
            result = RoundResult.Failed(Round, e.Message);
        }

        (Verdict verdict, string basis) = result switch
        {
            { Victims.Count: > 0 } => (Verdict.Dirty, "reproduced"),
            { Failure: { } failure } => (Verdict.Inconclusive, failure),
            { Undecided: [var first, ..] } => (Verdict.Inconclusive, first),
            { Idle: { } idle } => (Verdict.Inconclusive, idle),
            _ => (
                Verdict.Clean,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Rows} positions compared, {result.Ties} ties, nothing wrong")),
        };
        return new Part(Name, verdict, basis)
        {
            Findings = result.Victims.Count == 0 ? [] : [Evidence.Finding(result, Server.Info, File.Seed) with
            {
                Id = System.IO.Path.GetFileNameWithoutExtension(Path),
                ReplayPath = Path,
            }],
        };
    }
}
