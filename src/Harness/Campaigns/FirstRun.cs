using Gdn.Harness.Perplexity;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>The first run of a perplexity campaign: other engines are compared with it, and it can be saved for other campaigns.</summary>
/// <param name="campaign">The campaign.</param>
internal sealed class FirstRun(PerplexityCampaign campaign)
{
    private readonly KeptDistributions? _kept = campaign.Base is null && campaign.Engines.Count > 1
        ? new KeptDistributions(campaign.Text, campaign.Model.Config.Vocabulary)
        : null;

    /// <summary>Why it could not be saved.</summary>
    public IReadOnlyList<string> Unwritten { get; private set; } = [];

    /// <summary>What the runs of an engine are compared with; null for nothing.</summary>
    public IDistributions? ReferenceOf(IEngineFactory engine) => campaign.Base ?? (engine == campaign.Engines[0] ? null : (IDistributions?)_kept);

    /// <summary>Runs it.</summary>
    /// <param name="score">Runs it with those who want its logits.</param>
    public PerplexityRun Play(Func<IReadOnlyList<IScoredRows>, PerplexityRun> score)
    {
        IReadOnlyList<IScoredRows> others = _kept is null ? [] : [_kept];
        if (campaign.SavedBase is not { } path) return score(others);
        PerplexityRun? run = null;
        string? failure = OutputPath.Write(path, () => AtomicFile.Write(path, stream =>
        {
            var writer = new KlBaseWriter(stream, campaign.Text, campaign.Model.Config.Vocabulary);
            writer.WriteHead();
            run = score([.. others, writer]);
            writer.Complete();
        }));
        if (failure is not null) Unwritten = [failure];
        return run ?? score(others);
    }
}
