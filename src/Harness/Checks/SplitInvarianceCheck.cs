using Gdn.Harness.Schedules;
using Gdn.Reference.State;

namespace Gdn.Harness.Checks;

/// <summary>
/// It does not matter how a sequence's tokens are cut into batches: a batch decoded in two parts gives the same logits,
/// within what rounding explains of either.
/// </summary>
public sealed class SplitInvarianceCheck : IModelCheck
{
    /// <inheritdoc/>
    public string Name => "split-invariance";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        Schedule schedule = @case.Schedule;
        Schedule split = Split(schedule, @case);
        if (split.Steps.Count == schedule.Steps.Count) return CheckOutcome.NotApplicable;

        IReadOnlyList<LogitsRow> whole = @case.Rows(cancellation);
        IReadOnlyList<OracleRow> oracle = @case.OracleRows(cancellation);
        Dictionary<(int, int), LogitsRow> parts = @case.RowsOf(split, cancellation)
            .ToDictionary(row => (row.Origin.Sequence, row.Origin.Feed));

        // In single precision the cut decides nothing. States kept in 16 bits are rounded where it lies.
        IReadOnlyList<OracleRow> splitOracle = @case.Engine.StateFormat == StateFormat.F32
            ? oracle
            : @case.With(split).OracleRows(cancellation);
        Dictionary<(int, int), OracleRow> partOracle =
            splitOracle.ToDictionary(row => (row.Origin.Sequence, row.Origin.Feed));

        var comparison = new RowComparison(Name, schedule, "batches decoded in two parts against in one");
        for (int r = 0; r < whole.Count; r++)
        {
            (int, int) token = (whole[r].Origin.Sequence, whole[r].Origin.Feed);
            if (oracle[r].IsRouterTie || partOracle[token].IsRouterTie)
            {
                comparison.AddTie();
                continue;
            }

            float[] part = parts[token].Logits;
            comparison.AddWithin(
                whole[r].Origin, v => part[v], whole[r].Logits, oracle[r].Allowed + partOracle[token].Allowed);
        }

        return comparison.Outcome;
    }

    // Cuts every batch that can be cut without taking away the ground of a later rollback.
    private static Schedule Split(Schedule schedule, ModelCase @case)
    {
        var steps = new List<ScheduleStep>();
        for (int i = 0; i < schedule.Steps.Count; i++)
        {
            ScheduleStep step = schedule.Steps[i];
            if (step is DecodeStep decode && decode.Runs.Any(run => run.Tokens.Count > 1))
            {
                DecodeStep[] parts = Cut(decode);
                ScheduleStep[] rest = [.. schedule.Steps.Skip(i + 1)];
                Schedule candidate = schedule with { Steps = [.. steps, .. parts, .. rest] };
                if (ScheduleTracker.DropImpossible(candidate, @case.Limits).Steps.Count == candidate.Steps.Count)
                {
                    steps.AddRange(parts);
                    continue;
                }
            }

            steps.Add(step);
        }

        return schedule with { Steps = steps };
    }

    // Where a run is cut depends on its length alone: after 1, in the middle, before the last.
    private static DecodeStep[] Cut(DecodeStep step)
    {
        static int Head(SequenceRun run) => run.Tokens.Count == 1 ? 1 : (run.Tokens.Count % 3) switch
        {
            0 => 1,
            1 => run.Tokens.Count / 2,
            _ => run.Tokens.Count - 1,
        };

        SequenceRun[] heads = [.. step.Runs.Select(run => run with { Tokens = [.. run.Tokens.Take(Head(run))] })];
        SequenceRun[] tails = [.. step.Runs
            .Where(run => run.Tokens.Count > 1)
            .Select(run => new SequenceRun(run.Sequence, [.. run.Tokens.Skip(Head(run))]))];
        return [new DecodeStep(heads, LastOnly: step.LastOnly), new DecodeStep(tails, LastOnly: step.LastOnly)];
    }
}
