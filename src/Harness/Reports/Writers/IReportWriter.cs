namespace Gdn.Harness.Reports.Writers;

/// <summary>
/// A format of reports. It needs to know <see cref="Report"/>, <see cref="Part"/> and <see cref="Table"/> only; no campaign
/// knows which formats there are.
/// </summary>
public interface IReportWriter
{
    /// <summary>Writes a whole report.</summary>
    void Write(Report report, TextWriter output);
}
