using Gdn.Harness.Models;
using Gdn.Harness.Traffic;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>What to run.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model.</param>
/// <param name="Seed">Names all traffic.</param>
/// <param name="Slots">The np to sweep.</param>
/// <param name="Scenarios">The patterns of traffic.</param>
/// <param name="Rounds">How often each, with other prompts.</param>
public sealed record BleedOptions(
    IEngineFactory Engine, LoadedModel Model, ulong Seed, IReadOnlyList<int> Slots, IReadOnlyList<Scenario> Scenarios,
    int Rounds)
{
    /// <summary>After how long no further np and scenario is begun; null for no limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Whether the first dirty np and scenario ends the sweep.</summary>
    public bool FailFast { get; init; }

    /// <summary>Whether only the smallest dirty np is looked for (<see cref="NpSearch"/>); else each np is tried.</summary>
    public bool SearchesNp { get; init; }
}
