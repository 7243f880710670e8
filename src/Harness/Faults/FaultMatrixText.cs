using System.Globalization;
using System.Text;
using System.Text.Json;
using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;

namespace Gdn.Harness.Faults;

/// <summary>The matrix as Markdown, without times, so that it is the same wherever it is made.</summary>
public static class FaultMatrixText
{
    private const string NotCaught = "·";

    /// <summary>Names of the columns that tell the number of the case.</summary>
    public static IReadOnlyList<string> Checks { get; } = ["kernel", .. ModelChecks.All.Select(check => check.Name)];

    /// <summary>The cells of a row that tell the number of the case, in the order of <see cref="Checks"/>.</summary>
    public static IEnumerable<string> Cells(FaultRow row) => Checks.Select(check =>
        row.Hits.FirstOrDefault(hit => hit.Check == check)?.Case.ToString(CultureInfo.InvariantCulture) ?? NotCaught);

    /// <summary>The cause that a fault has, and whether the finding names it.</summary>
    public static string Cause(FaultRow row) => row.Shrunk?.NamesCause switch
    {
        null => "",
        true => NameOf(row.Entry.Cause),
        false => NameOf(row.Entry.Cause) + ", not named",
    };

    /// <summary>Writes it.</summary>
    public static string Markdown(FaultMatrix matrix, IReadOnlyList<FaultRow> rows)
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            # Kill matrix

            Made by `gdn-harness faults matrix --seed {matrix.Seed} --markdown FILE`. Each number is the case, counted from 1, in
            which a check first caught the fault: of random kernel cases, or of random schedules at np {matrix.Slots[0]} to
            {matrix.Slots[^1]} in turn, on {FaultMatrix.Model.Name}. "{NotCaught}" means not within those that were run: {matrix.Schedules}
            schedules, and more only if no check had caught it by then. "np" is the least number of slots at which a schedule
            showed it. "steps" and "sequences" are those of the first failing schedule after shrinking; "cause" is the wrong state
            that explains the answers, and says so where the finding does not name it. What the faults do, and where the field
            saw them: `gdn-harness faults list`.

            {new FaultMatrixSummary(rows)}.


            """);
        Table(text, ["fault", "np", .. Checks, "steps", "sequences", "cause"], rows.Where(row => !row.IsControl).Select(Line));
        text.Append("\n## Controls\n\nWhat looks like a fault and is none; nothing may catch it.\n\n");
        Table(text, ["control", "schedules", .. Checks], rows.Where(row => row.IsControl).Select(row =>
            (string[])[row.Fault, row.Schedules.ToString(CultureInfo.InvariantCulture), .. Cells(row)]));
        text.Append("\n## Not planted\n\n");
        Table(text, ["fault", "why"], FaultCatalog.Inexpressible.Select(fault => (string[])[fault.Id, fault.Reason]));
        return text.ToString();
    }

    private static string[] Line(FaultRow row) =>
    [
        row.Fault, Number(row.FromSlots), .. Cells(row), Number(row.Shrunk?.Steps), Number(row.Shrunk?.Sequences), Cause(row),
    ];

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string NameOf(StateCause cause) => JsonNamingPolicy.KebabCaseLower.ConvertName($"{cause}");

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        foreach (string[] line in rows.Prepend([.. head.Select((_, i) => i == 0 ? "---" : "--:")]).Prepend(head))
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", line)} |\n");
    }
}
