using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>The one place where reports become exit codes.</summary>
internal static class ExitCodes
{
    /// <summary>
    /// What a command with this report ends with. An environment that failed outweighs every verdict; a file that could not be
    /// written at the end outweighs all but a finding.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="isWritten">Whether every file was written that should have been.</param>
    public static ExitCode Of(Report report, bool isWritten = true) => Of(report) is var code && (isWritten || code == ExitCode.Dirty)
        ? code
        : ExitCode.Environment;

    private static ExitCode Of(Report report) =>
        report.Parts.Any(part => part.Failure is EnvironmentException) ? ExitCode.Environment : report.Verdict switch
        {
            Verdict.Clean => ExitCode.Clean,
            Verdict.Dirty => ExitCode.Dirty,
            _ => ExitCode.Inconclusive,
        };
}
