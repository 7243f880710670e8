using Gdn.Harness.Reports;

namespace Gdn.Harness.History;

/// <summary>A run in a list: what <see cref="HistoryRun"/> has, without its report.</summary>
/// <param name="Id">Names the run.</param>
/// <param name="Time">When its report was made.</param>
/// <param name="Series">Names the runs that it can be compared with.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="Command">The command.</param>
/// <param name="Subject">What was run on what.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Commit">Commit of the sources; null where none is known.</param>
/// <param name="Tool">The tool's version.</param>
public sealed record HistoryEntry(
    string Id, DateTimeOffset Time, string Series, Verdict Verdict, string Command, string Subject, string Machine, string? Commit,
    string Tool);
