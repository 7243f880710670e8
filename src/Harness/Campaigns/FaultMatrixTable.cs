using System.Globalization;
using Gdn.Harness.Checks;
using Gdn.Harness.Reports;

namespace Gdn.Harness.Campaigns;

/// <summary>The kill matrix as a table: a column for each check, with the number of the case that first caught the fault.</summary>
public static class FaultMatrixTable
{
    /// <summary>What stands where a check has not caught a fault.</summary>
    public const string NotCaught = "·";

    /// <summary>The checks; <c>kernel</c> stands for all those of the kernel alone.</summary>
    public static IReadOnlyList<string> Checks { get; } = ["kernel", .. ModelChecks.All.Select(check => check.Name)];

    /// <summary>The keys of their columns.</summary>
    public static IReadOnlyList<string> CheckKeys { get; } = [.. Checks.Select(KeyOf)];

    /// <summary>The table.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="title">What the first column is called.</param>
    public static Table Of(IEnumerable<FaultRow> rows, string title = "fault")
    {
        TableOf<FaultRow> table = new TableOf<FaultRow>("faults")
            .Left("fault", title, row => row.Fault)
            .Left("verdict", "verdict", VerdictOf, row => row.Problem ?? (row.IsControl ? "clean" : "caught"))
            .Right("np", "np", row => row.FromSlots)
            .Data("isControl", row => row.IsControl)
            .Data("evidence", row => row.Evidence);
        foreach (string check in Checks)
            table.Right(KeyOf(check), check, row => CaseOf(row, check), row => Cell.TextOf(CaseOf(row, check) ?? (object)NotCaught));
        return table
            .Right("steps", "steps", row => row.Shrunk?.Steps)
            .Right("sequences", "sequences", row => row.Shrunk?.Sequences)
            .Left("cause", "cause", row => NameOf(row), CauseOf)
            .Data("namesCause", row => row.Shrunk?.NamesCause)
            .Data("explanation", row => row.Shrunk?.Explanation)
            .Data("schedule", row => row.Shrunk?.Schedule)
            .Data("kernelCases", row => row.KernelCases)
            .Right("schedules", "schedules", row => row.Schedules)
            .Right("seconds", "seconds", row => SecondsOf(row), row => SecondsOf(row)?.ToString("F1", CultureInfo.InvariantCulture) ?? "")
            .Of(rows);
    }

    // A fault that is caught, and a control that is not, are as they should be.
    private static object VerdictOf(FaultRow row) =>
        row.Problem is null ? Verdict.Clean : row.Completed ? Verdict.Dirty : Verdict.Inconclusive;

    private static int? CaseOf(FaultRow row, string check) => row.Hits.FirstOrDefault(hit => hit.Check == check)?.Case;

    private static double? SecondsOf(FaultRow row) => row.Hits.Count == 0 ? null : row.Hits.Min(hit => hit.Seconds);

    // The cause that a fault has, and whether the finding names it.
    private static string CauseOf(FaultRow row) => row.Shrunk?.NamesCause switch
    {
        null => "",
        true => NameOf(row)!,
        false => NameOf(row) + ", not named",
    };

    private static string? NameOf(FaultRow row) =>
        row.Shrunk?.NamesCause is null ? null : Cell.TextOf(row.Entry.Cause);

    // no-such-check -> noSuchCheck
    private static string KeyOf(string check) => string.Concat(
        check.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
