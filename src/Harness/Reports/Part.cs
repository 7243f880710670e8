using Gdn.Harness.Findings;

namespace Gdn.Harness.Reports;

/// <summary>A part of a command's work: what one campaign found.</summary>
/// <param name="Name">What it is, on which model or server.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="Basis">What the verdict is based on, in one line.</param>
public sealed record Part(string Name, Verdict Verdict, string Basis)
{
    /// <summary>What was run on what, so that it can be run again.</summary>
    public IReadOnlyList<string> Head { get; init; } = [];

    /// <summary>Notes and tables, in the order in which they are read.</summary>
    public IReadOnlyList<IPartContent> Content { get; init; } = [];

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it could not be completed; null if it was completed or interrupted.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Files that it could not write, and why, a line for each.</summary>
    public IReadOnlyList<string> Unwritten { get; init; } = [];

    /// <summary>Its tables.</summary>
    public IEnumerable<Table> Tables => Content.OfType<Table>();

    /// <summary>A part that was asked for and could not be run.</summary>
    public static Part NotRun(string name, string reason) => new(name, Verdict.Inconclusive, $"could not run: {reason}")
    {
        Content = [new Note($"{name} could not run: {reason}", IsWarning: true)],
    };

    /// <summary>The verdict of several parts together: dirty if one is, clean if all are.</summary>
    public static Verdict VerdictOf(IReadOnlyList<Part> parts) =>
        parts.Any(part => part.Verdict == Verdict.Dirty) ? Verdict.Dirty : parts.Max(part => part.Verdict);

    /// <summary>The verdict of a part that was completed or not and has these findings; those that are known do not count.</summary>
    public static Verdict VerdictOf(IEnumerable<Finding> findings, bool completed) =>
        VerdictOf(findings.Count(finding => !finding.IsKnown), completed);

    /// <summary>The verdict of a part that was completed or not and has a number of findings.</summary>
    public static Verdict VerdictOf(int findings, bool completed) =>
        findings > 0 ? Verdict.Dirty : completed ? Verdict.Clean : Verdict.Inconclusive;
}
