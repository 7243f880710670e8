using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>What to run against a server.</summary>
/// <param name="Server">The server.</param>
/// <param name="Seed">Names all prompts.</param>
/// <param name="Slots">The np to sweep.</param>
/// <param name="Scenarios">The patterns of traffic.</param>
/// <param name="Rounds">How often each, with other prompts.</param>
/// <param name="Sizes">How much text.</param>
public sealed record LiveBleedOptions(
    ICompletionClient Server, ulong Seed, IReadOnlyList<int> Slots, IReadOnlyList<Scenario> Scenarios, int Rounds,
    RoundSizes Sizes)
{
    /// <summary>Prompts are random ids below this; null for texts with codewords.</summary>
    public int? Vocabulary { get; init; }

    /// <summary>Dirty rounds of one np and scenario after which more of them are pointless; null to play all.</summary>
    public int? DirtyEnough { get; init; }

    /// <summary>
    /// When the sweep is to end; null for no limit. Rows then have as many rounds as fit, <see cref="Rounds"/> at most, and one at
    /// least.
    /// </summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Whether the first dirty round ends the sweep.</summary>
    public bool FailFast { get; init; }

    /// <summary>Whether only the smallest dirty np is looked for (<see cref="NpSearch"/>); else each np is tried.</summary>
    public bool SearchesNp { get; init; }

    /// <summary>Prompts that the noise of the server is measured with.</summary>
    public int NoisePrompts { get; init; } = 4;

    /// <summary>What tells the time.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether rows that need what the server does not have, a cache, drafts or a longer context, are skipped. Otherwise they
    /// are inconclusive.
    /// </summary>
    public bool SkipWhatServerLacks { get; init; }

    /// <summary>In which rounds log-probabilities are requested.</summary>
    public LogProbabilityPlan LogProbabilities { get; init; } = LogProbabilityPlan.Usual;

    /// <summary>The tokens of a text, where the client knows the model; null to ask the server.</summary>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }

    /// <summary>The served weights, for judging every answer against the reference; null without them.</summary>
    internal OracleModel? Served { get; init; }

    /// <summary>What a dirty round is explained by, if possible, where there are served weights.</summary>
    internal IReadOnlyList<Suspect> Suspects { get; init; } = [];

    /// <summary>Why there are none although a model was named; null where there are, or none was.</summary>
    public string? NotServed { get; init; }
}
