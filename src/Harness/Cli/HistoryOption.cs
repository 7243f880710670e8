using System.CommandLine;
using Gdn.Harness.History;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary><c>--history</c>: where runs are kept.</summary>
internal static class HistoryOption
{
    /// <summary>The option's name.</summary>
    public const string Name = "--history";

    /// <summary>Takes its place where it is not given.</summary>
    public const string Variable = "GDN_HARNESS_HISTORY";

    /// <summary>The option.</summary>
    /// <param name="what">What is done with it.</param>
    public static Option<string?> Create(string what) => new(Name)
    {
        Description = $"{what}: a SQLite file, or postgres://USER:PASSWORD@HOST/DATABASE. [default: the environment variable {Variable}]",
        HelpName = "DB",
    };

    /// <summary>The place that is named; null for none.</summary>
    public static HistoryPlace? Of(ParseResult parsed, Option<string?> option) =>
        (parsed.GetValue(option) ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } text ? HistoryPlace.Parse(text) : null;

    /// <summary>The place that is named.</summary>
    /// <exception cref="InputException">No history is named.</exception>
    public static HistoryPlace Required(ParseResult parsed, Option<string?> option) =>
        Of(parsed, option) ?? throw new InputException(Name, "no history is named", $"name one, or set {Variable}");
}
