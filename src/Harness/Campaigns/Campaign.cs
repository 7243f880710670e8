using System.Diagnostics;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// One run of one kind: it returns a part of a report, and prints nothing. What can be said before it runs is in its head.
/// </summary>
public abstract record Campaign
{
    /// <summary>What to do with what it finds.</summary>
    public FindingPolicy Policy { get; init; } = FindingPolicy.Default;

    /// <summary>What is run, on which model or server: the name of the part.</summary>
    public abstract string Name { get; }

    /// <summary>What is run on what, with all that is needed to run it again.</summary>
    public abstract IReadOnlyList<string> Head { get; }

    /// <summary>Runs it.</summary>
    /// <param name="progress">Shown how far it has come.</param>
    /// <param name="cancellation">Ends it early; what was found is returned.</param>
    public async Task<Part> RunAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        Part part = await PlayAsync(progress, cancellation);
        return part with { Head = Head, Duration = watch.Elapsed };
    }

    /// <summary>Does the work.</summary>
    protected abstract Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation);

    /// <summary>The head of what runs a model, with what of its file is not part of the run.</summary>
    protected static IReadOnlyList<string> HeadOf(string engine, LoadedModel model, ulong seed)
    {
        string run = FormattableString.Invariant(
            $"engine {engine}, model {model.Name} (sha256 {model.Sha256[..12]}), seed {seed}");
        return model.NotUsed.IsEmpty ? [run] : [run, $"not used: {model.NotUsed.Describe()}"];
    }
}
