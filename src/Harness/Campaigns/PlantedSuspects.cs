using System.Diagnostics;
using Gdn.Harness.Bleed;
using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;

namespace Gdn.Harness.Campaigns;

/// <summary>The faults of the catalogue as explanations of what a server does wrong.</summary>
internal static class PlantedSuspects
{
    // Of a finding, and of a sweep.
    private static readonly TimeSpan OfFinding = TimeSpan.FromSeconds(40), OfSweep = TimeSpan.FromSeconds(90);

    /// <summary>All faults that logits can show; those that were reported first, and of these the fast engine's, which are about company.</summary>
    public static IReadOnlyList<Suspect> All { get; } =
    [
        .. FaultCatalog.Faults.Concat(FaultCatalog.TwoAxis)
        .Where(fault => fault.Levels.HasFlag(FaultLevels.Model))
        .OrderBy(FaultCatalog.TwoAxis.Contains).ThenBy(fault => fault.Plant is null)
        .Select(fault => new Suspect(
            $"{fault.Id}: {fault.Summary}", fault.FromSlots, () => EngineCatalog.Parse($"cpu+fault:{fault.Id}"))
        {
            KeepsPasses = PlanFaults.All.Contains(fault),
            NeedsCache = CheckpointFaults.All.Contains(fault),
            NeedsDrafts = fault.NeedsRejections,
        }),
    ];

    /// <summary>Explains dirty rounds, in order, as far as the time goes.</summary>
    /// <param name="dirty">The rounds.</param>
    /// <param name="model">The served weights.</param>
    /// <param name="suspects">What to try.</param>
    /// <param name="slots">Slots of the server; null where it does not say.</param>
    /// <param name="cancellation">Leaves the rest unexplained.</param>
    public static IReadOnlyList<RoundResult> Explain(
        IReadOnlyList<RoundResult> dirty, OracleModel model, IReadOnlyList<Suspect> suspects, int? slots, CancellationToken cancellation)
    {
        var results = new List<RoundResult>(dirty);
        var known = new List<Suspect>();
        var watch = Stopwatch.StartNew();
        try
        {
            for (int i = 0; i < results.Count && suspects.Count > 0 && watch.Elapsed < OfSweep; i++)
            {
                if (results[i].Played is not { } played) continue;
                Explanations? explained = Explainer.Explain(
                    model, suspects, known, played, Math.Max(slots ?? 0, played.Round.Slots), OfFinding, cancellation);
                results[i] = results[i] with { Explained = explained };
                // One bug is likely to be behind all of it.
                if (explained is { IsExplainedByFault: true })
                    known = [.. known.Union(suspects.Where(suspect => explained.Nearest.Any(
                        near => near.Residual <= explained.Limit && near.Words == suspect.Words)))];
            }
        }
        catch (OperationCanceledException)
        {
            // Interrupted: the findings stand.
        }

        return results;
    }
}
