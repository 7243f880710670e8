using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>Which schedules to run on what.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model.</param>
/// <param name="Seed">Names every schedule of the campaign.</param>
/// <param name="Cases">How many schedules, over all shards.</param>
/// <param name="Slots">The np that cases take in turn.</param>
/// <param name="TimeLimit">Cases that have not ended by then are left out, but for one; null for none.</param>
/// <param name="Shard">Which part of the cases to run, from 0.</param>
/// <param name="Shards">Into how many parts they are dealt.</param>
public sealed record ScheduleOptions(
    IEngineFactory Engine, LoadedModel Model, ulong Seed, int Cases, IReadOnlyList<int> Slots, TimeSpan? TimeLimit = null,
    int Shard = 0, int Shards = 1)
{
    /// <summary>Schedules to run in place of random ones; null for random ones.</summary>
    public IReadOnlyList<Schedule>? Given { get; init; }
}
