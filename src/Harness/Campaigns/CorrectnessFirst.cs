using Gdn.Harness.Models;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// What engines have to pass before they are timed, since the speed of a wrong result is worth nothing: a short bleed sweep of each, and the
/// perplexity of a short text, with several sequences and with one, and on all engines.
/// </summary>
/// <param name="Engines">The first is what the others are compared with.</param>
/// <param name="Model">The model.</param>
/// <param name="Slots">The largest np that is timed.</param>
/// <param name="Seed">Names the traffic.</param>
internal sealed record CorrectnessFirst(IReadOnlyList<IEngineFactory> Engines, LoadedModel Model, int Slots, ulong Seed)
{
    private const int Context = 128, Chunks = 8;

    private static readonly Scenario[] Scenarios = [Scenario.Simultaneous, Scenario.Churn];

    /// <summary>Relative differences of perplexity up to this do not matter.</summary>
    public double Margin { get; init; } = 0.001;

    /// <summary>The short bleed sweep of an engine; of np 2 and of the largest.</summary>
    public BleedCampaign Bleed(IEngineFactory engine) =>
        new(new BleedOptions(engine, Model, Seed, [.. new[] { 2, Slots }.Distinct()], Scenarios, Rounds: 1));

    /// <summary>The perplexities.</summary>
    public PerplexityCampaign Perplexity()
    {
        int context = Math.Min(Context, Model.Config.MaxPositions);
        var text = TextSource.Of(Model, path: null, context, Chunks);
        return new PerplexityCampaign(Engines, Model, text.Text, text.Name, [.. new[] { 1, Math.Min(Slots, Chunks) }.Distinct()])
        {
            Decodes = false,
            Margin = Margin,
        };
    }

    /// <summary>The first that is not passed; null if all are.</summary>
    public async Task<Part?> FirstFailureAsync(Campaign campaign, ICampaignProgress progress, CancellationToken cancellation)
    {
        foreach (Campaign check in (Campaign[])[.. Slots > 1 ? Engines.Select(Bleed) : [], Perplexity()])
        {
            Part part = await (check with { Policy = campaign.Policy }).RunAsync(progress, cancellation);
            if (part.Verdict == Verdict.Dirty)
                return part with { Name = campaign.Name, Basis = $"wrong results, and nothing was timed: {part.Name}: {part.Basis}" };
        }

        return null;
    }
}
