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
    int Rounds);
