using System.Globalization;
using Gdn.Harness.Reports;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>What an engine has counted over a campaign: a silent split or fallback is to be seen.</summary>
internal static class CountersTable
{
    private static readonly TableOf<EngineCounters> Counters = new TableOf<EngineCounters>("engine")
        .Right("batches", "batches", counters => counters.Batches)
        .Right("splitBatches", "split", counters => counters.SplitBatches)
        .Right("fallbacks", "fallbacks", counters => counters.Fallbacks)
        .Right("planReuse", "plans reused", counters => PlanReuse(counters), counters => Text(PlanReuse(counters)))
        .Data("tokens", counters => counters.Tokens)
        .Data("batchedRuns", counters => counters.BatchedRuns)
        .Data("inPlaceRuns", counters => counters.InPlaceRuns)
        .Data("planHits", counters => counters.PlanHits)
        .Data("planMisses", counters => counters.PlanMisses);

    /// <summary>The table; without rows for an engine that counts nothing.</summary>
    public static Table Of(EngineCounters counters) =>
        Counters.Of(counters.Batches > 0 ? [counters] : []) with { IsLine = true };

    /// <summary>The sum of all.</summary>
    public static EngineCounters Sum(IEnumerable<EngineCounters> all) =>
        all.Aggregate(default(EngineCounters), (sum, counters) => sum + counters);

    // Of the passes that need a plan.
    private static double? PlanReuse(EngineCounters counters) =>
        counters.PlanHits + counters.PlanMisses is > 0 and var plans ? (double)counters.PlanHits / plans : null;

    private static string Text(double? share) =>
        share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:F0}%") : "n/a";
}
