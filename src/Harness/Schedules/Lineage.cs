namespace Gdn.Harness.Schedules;

/// <summary>A run of a schedule: the step, and the index among the step's runs.</summary>
public readonly record struct RunId(int Step, int Run);

/// <summary>
/// One life of a sequence, from a start at position 0 (or a copy, or a restore) until it is cleared or replaced.
/// </summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Own">Runs decoded in this life: their logits are this life's output.</param>
/// <param name="Ancestry">
/// Every run whose tokens may influence that output: the own ones and, after a copy or a restore, those of the lives
/// that the state came from. Runs outside of it must not matter at all.
/// </param>
public sealed record SequenceLife(int Sequence, HashSet<RunId> Own, HashSet<RunId> Ancestry);

/// <summary>Who descends from whom: what non-interference and solo runs are derived from.</summary>
public static class Lineage
{
    /// <summary>The lives in a schedule that decode at least one run, in order of their start.</summary>
    public static IReadOnlyList<SequenceLife> Of(Schedule schedule)
    {
        var lives = new List<SequenceLife>();
        var current = new Dictionary<int, SequenceLife>();
        var snapshots = new Dictionary<int, HashSet<RunId>>();

        SequenceLife Begin(int sequence, IEnumerable<RunId> ancestry)
        {
            var life = new SequenceLife(sequence, [], [.. ancestry]);
            lives.Add(life);
            return current[sequence] = life;
        }

        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            switch (schedule.Steps[i])
            {
                case DecodeStep decode:
                    for (int r = 0; r < decode.Runs.Count; r++)
                    {
                        SequenceRun run = decode.Runs[r];
                        if (run.Restart || !current.TryGetValue(run.Sequence, out SequenceLife? life))
                            life = Begin(run.Sequence, []);
                        life.Own.Add(new RunId(i, r));
                        life.Ancestry.Add(new RunId(i, r));
                    }

                    break;
                case ClearStep clear:
                    current.Remove(clear.Sequence);
                    break;
                case CopyStep copy:
                    Begin(copy.Target, current[copy.Source].Ancestry);
                    break;
                case SnapshotStep snapshot:
                    snapshots[snapshot.Snapshot] = [.. current[snapshot.Sequence].Ancestry];
                    break;
                case RestoreStep restore:
                    Begin(restore.Sequence, snapshots[restore.Snapshot]);
                    break;
                default:
                    break;
            }
        }

        return [.. lives.Where(life => life.Own.Count > 0)];
    }
}
