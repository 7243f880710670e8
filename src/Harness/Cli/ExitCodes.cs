using Gdn.Harness.Reports;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>The one place where reports become exit codes.</summary>
internal static class ExitCodes
{
    /// <summary>What a command with this report ends with: an environment that failed outweighs every verdict.</summary>
    public static ExitCode Of(Report report) =>
        report.Parts.Any(part => part.Failure is EnvironmentException) ? ExitCode.Environment : report.Verdict switch
        {
            Verdict.Clean => ExitCode.Clean,
            Verdict.Dirty => ExitCode.Dirty,
            _ => ExitCode.Inconclusive,
        };
}
