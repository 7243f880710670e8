using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>A form in which a report is wanted, and where.</summary>
/// <param name="Writer">The form.</param>
/// <param name="Path">The file; null for standard output.</param>
internal sealed record ReportFile(IReportWriter Writer, string? Path)
{
    /// <summary>Whether the file belongs to several commands, and the report is added to it.</summary>
    public bool IsShared { get; init; }

    /// <summary>Tries whether it could be written.</summary>
    /// <exception cref="InputException">It could not.</exception>
    public void Try()
    {
        if (Path is not null) OutputPath.TryFile(Path);
    }

    /// <summary>Writes a report; in one line why it could not be written, or null.</summary>
    public string? Write(Report report)
    {
        var text = new StringWriter();
        Writer.Write(report, text);
        if (Path is { } path)
            return OutputPath.Write(path, () =>
            {
                if (IsShared) File.AppendAllText(path, $"{text}");
                else AtomicFile.Write(path, $"{text}");
            });
        // Not by way of the console, which would break lines.
        Console.Out.Write(text);
        return null;
    }
}
