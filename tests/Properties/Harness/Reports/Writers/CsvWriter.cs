using System.Globalization;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;

namespace Gdn.Properties.Harness.Reports.Writers;

/// <summary>
/// One more report format: all that it takes is here, and no campaign knows of it. A block for each table, keys first.
/// </summary>
internal sealed class CsvWriter : IReportWriter
{
    public void Write(Report report, TextWriter output)
    {
        foreach (Part part in report.Parts)
            foreach (Table table in part.Tables)
            {
                output.WriteLine(string.Join(',', table.Columns.Select(column => column.Key).Prepend("part")));
                foreach (IReadOnlyList<Cell> row in table.Rows)
                    output.WriteLine(string.Join(',', row.Select(cell => Field(cell.Value)).Prepend(Field(part.Name))));
            }
    }

    private static string Field(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.Contains(',', StringComparison.Ordinal) ? $"\"{text}\"" : text;
    }
}
