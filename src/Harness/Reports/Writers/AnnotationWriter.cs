using Gdn.Reference;

namespace Gdn.Harness.Reports.Writers;

/// <summary>
/// The report as annotations of GitHub Actions: an error for each part that found something, a warning for each that could not be
/// completed, and one notice where all is well. GitHub shows no more than ten of a kind, so findings have none of their own.
/// </summary>
public sealed class AnnotationWriter : IReportWriter
{
    /// <inheritdoc/>
    public void Write(Report report, TextWriter output)
    {
        if (report.Verdict == Verdict.Clean) Line("notice", $"{report.Command}: CLEAN", [report.Basis]);
        foreach (Part part in report.Parts.Where(part => part.Verdict != Verdict.Clean))
            Line(
                part.Verdict == Verdict.Dirty ? "error" : "warning",
                $"{report.Command}, {part.Name}: {Cell.TextOf(part.Verdict)}", [part.Basis, .. First(part)]);

        void Line(string kind, string title, IEnumerable<string> lines) =>
            output.WriteLine($"::{kind} title={Property(title)}::{string.Join("%0A", lines.Select(Data))}");
    }

    private static IEnumerable<string> First(Part part)
    {
        if (part.Findings.FirstOrDefault(finding => !finding.IsKnown) is not { } first) yield break;
        yield return first.Summary;
        if (FindingText.Replay(first) is { } replay) yield return $"replay: {replay}";
    }

    // What ends a value in a workflow command is escaped as the runner reads it back.
    private static string Data(string text) => OutsideText.OneLine(text).Replace("%", "%25", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
