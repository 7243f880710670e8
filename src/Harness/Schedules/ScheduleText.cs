using System.Globalization;

namespace Gdn.Harness.Schedules;

/// <summary>Schedules as a maintainer reads them, one line per step.</summary>
public static class ScheduleText
{
    private const int TokensShown = 8;

    /// <summary>One line per step, numbered.</summary>
    public static IReadOnlyList<string> Describe(Schedule schedule) =>
        [.. schedule.Steps.Select((step, i) => string.Create(CultureInfo.InvariantCulture, $"{i}: {Describe(step)}"))];

    /// <summary>One step.</summary>
    public static string Describe(ScheduleStep step) => step switch
    {
        DecodeStep decode => "decode " + string.Join(" | ", decode.Runs.Select(Describe))
            + (decode.Order is null ? "" : " interleaved " + string.Join(",", decode.Order))
            + (decode.LastOnly ? " (last logits only)" : ""),
        ClearStep clear => $"clear seq {clear.Sequence}",
        CopyStep copy => $"copy seq {copy.Source} to seq {copy.Target}",
        SnapshotStep snapshot => $"snapshot seq {snapshot.Sequence} as #{snapshot.Snapshot}",
        RestoreStep restore => $"restore seq {restore.Sequence} from #{restore.Snapshot}",
        RollbackStep rollback => $"roll back {rollback.Count} of seq {rollback.Sequence}",
        RefusedStep refused => "refuse " + string.Join(" | ", refused.Runs.Select(Describe)),
        _ => throw new InvalidOperationException($"Unknown step {step.GetType()}."),
    };

    private static string Describe(SequenceRun run)
    {
        int count = run.Tokens.Count;
        string tokens = string.Join(" ", run.Tokens.Take(TokensShown))
            + (count > TokensShown ? $" ... ({count} tokens)" : "");
        return $"seq {run.Sequence}{(run.Restart ? " from 0" : "")}: {tokens}{(run.Silent ? " (no logits)" : "")}";
    }
}
