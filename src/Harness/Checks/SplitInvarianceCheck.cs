using Gdn.Harness.Schedules;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// It does not matter how a sequence's tokens are cut into batches: a batch decoded in two parts gives the same logits, within
/// what rounding explains of either, or the same bits where the engine promises that.
/// </summary>
public sealed class SplitInvarianceCheck()
    : VariantCheck("split-invariance", "batches decoded in two parts against in one")
{
    /// <inheritdoc/>
    internal override bool IsExact(EngineCapabilities capabilities) =>
        capabilities is { IsReproducible: true, IsCutInvariant: true };

    /// <inheritdoc/>
    internal override IEnumerable<Variant> VariantsOf(ModelCase @case)
    {
        Schedule split = Split(@case.Schedule, @case);
        return split.Steps.Count == @case.Schedule.Steps.Count ? [] : [Variant.OfSameHistories(@case.Schedule, split)];
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
                if (ScheduleTracker.DropImpossible(candidate, @case.Rules).Steps.Count == candidate.Steps.Count)
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
            .Select(run => run with { Tokens = [.. run.Tokens.Skip(Head(run))], Restart = false })];
        return [new DecodeStep(heads, LastOnly: step.LastOnly), new DecodeStep(tails, LastOnly: step.LastOnly)];
    }
}
