using Gdn.Reference;

namespace Gdn.Harness.Traffic;

/// <summary>Which scenarios there are, and what they are called.</summary>
public static class Scenarios
{
    /// <summary>Those that an engine in this process can be tried with.</summary>
    public static IReadOnlyList<Scenario> InProcess { get; } =
        [Scenario.Simultaneous, Scenario.Staggered, Scenario.Steady, Scenario.Churn, Scenario.Ragged];

    /// <summary>Those that a server can be tried with: all.</summary>
    public static IReadOnlyList<Scenario> OnServers { get; } =
        [Scenario.Solo, .. Enum.GetValues<Scenario>().Where(scenario => scenario != Scenario.Solo)];

    /// <summary>Its name on the command line and in tables.</summary>
    public static string Name(this Scenario scenario) => scenario switch
    {
        Scenario.LongPrompts => "long",
        Scenario.BusySlot => "busy-slot",
        Scenario.SlotFiles => "slot-files",
        _ => scenario.ToString().ToLowerInvariant(),
    };

    /// <summary>Reads a comma-separated list.</summary>
    /// <param name="option">The option, for errors.</param>
    /// <param name="text">The list.</param>
    /// <param name="possible">What it may name.</param>
    /// <exception cref="InputException">It names something else.</exception>
    public static IReadOnlyList<Scenario> Parse(string option, string text, IReadOnlyList<Scenario> possible) =>
        [.. text.Split(',').Distinct().Select(name =>
            possible.Where(scenario => scenario.Name() == name).Select(scenario => (Scenario?)scenario).FirstOrDefault()
            ?? throw Missing(option, name, possible))];

    private static InputException Missing(string option, string name, IReadOnlyList<Scenario> possible)
    {
        string[] names = [.. possible.Select(Name)];
        return OnServers.Any(scenario => scenario.Name() == name)
            ? new InputException(option, $"'{name}' is traffic for servers", $"use --server, or one of {string.Join(", ", names)}")
            : new InputException(option, $"'{name}' does not exist", Suggestion.Remedy(name, names));
    }
}
