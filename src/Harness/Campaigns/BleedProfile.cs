using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Campaigns;

/// <summary>How thorough a sweep is.</summary>
/// <param name="Name">Its name on the command line.</param>
internal sealed record BleedProfile(string Name)
{
    /// <summary>Everything.</summary>
    public static BleedProfile Full { get; } = new("full");

    /// <summary>A first verdict in a few minutes, also of a server that takes 50 ms for a token.</summary>
    /// <remarks>
    /// Of the faults that bleed under concurrency, slots that are freed and taken again, and prompts that arrive while others are
    /// answered, show the most.
    /// </remarks>
    public static BleedProfile Quick { get; } = new("quick")
    {
        Scenarios = [Scenario.Churn, Scenario.Staggered],
        Time = TimeSpan.FromMinutes(4),
        Answer = 24,
        NoisePrompts = 2,
        DirtyEnough = 1,
        SearchesNp = true,
    };

    /// <summary>The scenarios; null for all.</summary>
    public IReadOnlyList<Scenario>? Scenarios { get; private init; }

    /// <summary>When it is to end; null for no limit.</summary>
    public TimeSpan? Time { get; private init; }

    /// <summary>Tokens of an ordinary answer of a server.</summary>
    public int Answer { get; private init; } = new RoundSizes().Answer;

    /// <summary>Prompts that the noise of a server is measured with.</summary>
    public int NoisePrompts { get; private init; } = 4;

    /// <summary>Where the number of rounds is not given, those after this many dirty ones are spared.</summary>
    public int DirtyEnough { get; private init; } = 2;

    /// <summary>Whether only the smallest dirty np is looked for.</summary>
    public bool SearchesNp { get; private init; }

    /// <summary>As an argument, with a blank before it; nothing for the usual one.</summary>
    public string Argument => this == Full ? "" : $" --profile {Name}";

    /// <summary>Finds one by its name.</summary>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static BleedProfile Parse(string name) =>
        new[] { Quick, Full }.FirstOrDefault(profile => profile.Name == name)
        ?? throw new InputException("--profile", $"'{name}' does not exist", Suggestion.Remedy(name, [Quick.Name, Full.Name]));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
