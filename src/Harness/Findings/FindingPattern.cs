using Gdn.Harness.Checks.Attribution;
using static System.FormattableString;

namespace Gdn.Harness.Findings;

/// <summary>What findings have in common: those with one cause, from which np on, by which checks.</summary>
internal static class FindingPattern
{
    /// <summary>A line for each cause that several findings share.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Finding> findings) =>
        findings.GroupBy(GroupOf).Where(group => group.Key is not null && group.Count() > 1).Select(group =>
            Invariant($"{group.Key}: {group.Count()} findings")
            + (group.Min(finding => finding.Np) is { } np ? Invariant($", from np {np} on") : "")
            + $", by {string.Join(", ", group.Select(finding => finding.Check).Distinct())}");

    /// <summary>
    /// What a reader of one finding has read of another: its cause in words, or else what it looks like; null for findings that each
    /// stand for themselves.
    /// </summary>
    public static string? GroupOf(Finding finding) => finding.CauseKind switch
    {
        StateCause.OtherSequence => "another sequence's state",
        StateCause.MissingReset => "a state left behind, not reset",
        StateCause.DroppedCarry => "the zero state in place of the sequence's own",
        StateCause.StaleState => "the sequence's own state of some tokens ago",
        StateCause.AheadState => "the sequence's own state with tokens that it must not have",
        _ => finding.Scenario is null && finding.Case is null ? finding.Symptom : null,
    };
}
