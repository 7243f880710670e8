using Gdn.Harness.History;

namespace Gdn.Harness.Cli;

/// <summary>Where the report of a command goes, and what of the command line belongs to it.</summary>
/// <param name="Files">Files, in their forms.</param>
internal sealed record ReportTargets(IReadOnlyList<ReportFile> Files)
{
    /// <summary>Whether what is printed leaves nothing out.</summary>
    public bool ShowsAll { get; init; }

    /// <summary>The history; null for none.</summary>
    public HistoryPlace? History { get; init; }

    /// <summary>See <see cref="Reports.Report.Arguments"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>See <see cref="Reports.Report.Shard"/>.</summary>
    public string? Shard { get; init; }
}
