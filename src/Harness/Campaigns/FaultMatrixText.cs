using System.Text;
using Gdn.Harness.Faults;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;

namespace Gdn.Harness.Campaigns;

/// <summary>The kill matrix as Markdown, without times, so that it is the same wherever it is made.</summary>
public static class FaultMatrixText
{
    /// <summary>Writes it.</summary>
    public static string Markdown(FaultMatrix matrix, IReadOnlyList<FaultRow> rows)
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            # Kill matrix

            Made by `gdn-harness faults matrix{Option(matrix)} --seed {matrix.Seed} --markdown FILE`. Each number is the case, counted from 1, in
            which a check first caught the fault: of random kernel cases, or of random schedules at np {matrix.Slots[0]} to
            {matrix.Slots[^1]} in turn, on {FaultMatrix.Model.Name}. "{FaultMatrixTable.NotCaught}" means not caught in those that were run: {matrix.Schedules}
            schedules, and more only if no check had caught it by then. "np" is the least number of slots at which a schedule
            showed it. "steps" and "sequences" are those of the first failing schedule after shrinking; "cause" is the wrong state
            that explains the answers, and says so where the finding does not name it. What the faults do, and where the field
            saw them: `gdn-harness faults list`.

            {new FaultMatrixSummary(rows)}.


            """);
        AppendFaults(text, rows.Where(row => !row.IsControl && !row.IsTwoAxis), "fault");
        text.Append(
            "\n## Two axes\n\nFaults that show only where two things come together; either alone is harmless.\n\n");
        AppendFaults(text, rows.Where(row => row.IsTwoAxis), "two-axis fault");
        text.Append("\n## Controls\n\nDeviations that look like faults but are correct; no check may flag them.\n\n");
        text.Append(MarkdownWriter.Write(FaultMatrixTable.Of(rows.Where(row => row.IsControl), "control")
            .Only(["fault", "schedules", .. FaultMatrixTable.CheckKeys])));
        text.Append("\n## Draft layers\n\nFaults that change drafts and no output: no schedule shows them, `mtp-diff` does.\n\n");
        text.Append(MarkdownWriter.Write(OfDraftLayers.Of(FaultCatalog.Drafting)));
        return text.ToString();
    }

    private static string Option(FaultMatrix matrix) => matrix.Engine == new FaultMatrix(0).Engine ? "" : $" --engine {matrix.Engine}";

    private static readonly TableOf<Fault> OfDraftLayers = new TableOf<Fault>("draftFaults")
        .Left("fault", "fault", fault => fault.Id)
        .Left("summary", "what", fault => fault.Summary);

    private static void AppendFaults(StringBuilder text, IEnumerable<FaultRow> rows, string title) => text.Append(
        MarkdownWriter.Write(FaultMatrixTable.Of(rows, title)
            .Only(["fault", "np", .. FaultMatrixTable.CheckKeys, "steps", "sequences", "cause"])));
}
