using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>
/// Makes a failing schedule small: fewer sequences, steps, runs and tokens, fewer slots and snapshots, no interleaving;
/// each simplification is kept if the schedule still fails.
/// </summary>
public static class ScheduleShrinker
{
    private const int MaxStepsInPairs = 10;

    /// <summary>Shrinks greedily until no single simplification fails any more, or the attempts are used up.</summary>
    /// <param name="schedule">A failing schedule.</param>
    /// <param name="limits">What the engine takes.</param>
    /// <param name="fails">Whether a schedule still fails, in the same check.</param>
    /// <param name="attempts">How many schedules to try at most.</param>
    public static Schedule Shrink(Schedule schedule, BatchLimits limits, Func<Schedule, bool> fails, int attempts = 400)
    {
        bool shrunk = true;
        while (shrunk && attempts > 0)
        {
            shrunk = false;
            foreach (Schedule simpler in Simpler(schedule, limits))
            {
                if (attempts-- == 0) break;
                if (!fails(simpler)) continue;
                schedule = simpler;
                shrunk = true;
                break;
            }
        }

        return schedule;
    }

    /// <summary>Simpler schedules, each possible, the boldest simplifications first.</summary>
    public static IEnumerable<Schedule> Simpler(Schedule schedule, BatchLimits limits) => Candidates(schedule)
        // A simplification may take the ground from other steps, such as a rollback's tokens; those go too.
        .Select(candidate => ScheduleTracker.DropImpossible(candidate, limits))
        .Where(possible => possible.Steps.Count > 0 && Size(possible) < Size(schedule));

    // Steps weigh most, then sequences, slots and tokens: what a reader has to keep in mind.
    private static long Size(Schedule schedule)
    {
        DecodeStep[] decodes = [.. schedule.Steps.OfType<DecodeStep>()];
        int runs = decodes.Sum(step => step.Runs.Count);
        int oddities = decodes.Count(step => step.Order is not null) + decodes.Count(step => step.LastOnly)
            + decodes.Sum(step => step.Runs.Count(run => run.Restart) + step.Runs.Count(run => run.Silent));
        int rolledBack = schedule.Steps.OfType<RollbackStep>().Sum(step => step.Count);
        return schedule.Steps.Count * 100_000L + runs * 5_000L + schedule.Slots * 1_000L + schedule.Planes * 100L
            + oddities * 50L + rolledBack + schedule.TokenCount;
    }

    private static IEnumerable<Schedule> Candidates(Schedule schedule)
    {
        IReadOnlyList<ScheduleStep> steps = schedule.Steps;
        for (int half = steps.Count / 2; half >= 1; half /= 2)
            for (int start = 0; start < steps.Count; start += half)
                yield return schedule with { Steps = [.. steps.Where((_, i) => i < start || i >= start + half)] };

        // A step and what only it makes necessary, such as a release that lets another sequence in.
        for (int i = 0; steps.Count <= MaxStepsInPairs && i < steps.Count; i++)
            for (int j = i + 1; j < steps.Count; j++)
                yield return schedule with { Steps = [.. steps.Where((_, n) => n != i && n != j)] };

        int[] sequences =
            [.. steps.OfType<DecodeStep>().SelectMany(step => step.Runs).Select(run => run.Sequence).Distinct()];
        foreach (int sequence in sequences) yield return WithoutSequence(schedule, sequence);

        if (schedule.Slots > 1) yield return schedule with { Slots = schedule.Slots - 1 };
        if (schedule.Planes > 1) yield return schedule with { Planes = schedule.Planes - 1 };

        for (int i = 0; i < steps.Count; i++)
        {
            IEnumerable<ScheduleStep> simplifications = steps[i] switch
            {
                DecodeStep decode => Simpler(decode),
                RollbackStep { Count: > 1 } rollback => [rollback with { Count = 1 }],
                RefusedStep { Runs.Count: > 1 } refused => [new RefusedStep([.. refused.Runs.Skip(1)])],
                _ => [],
            };
            foreach (ScheduleStep simpler in simplifications)
                yield return schedule with { Steps = [.. steps.Select((step, j) => j == i ? simpler : step)] };
        }
    }

    private static IEnumerable<DecodeStep> Simpler(DecodeStep step)
    {
        if (step.Order is not null) yield return step with { Order = null };
        if (step.LastOnly) yield return step with { LastOnly = false };
        for (int r = 0; r < step.Runs.Count && step.Runs.Count > 1; r++)
            yield return WithRuns(step, [.. step.Runs.Select((run, i) => i == r ? null : run)]);

        int longest = step.Runs.Max(run => run.Tokens.Count);
        foreach (int length in (int[])[1, longest / 2, longest - 1])
            if (length >= 1 && length < longest)
                yield return WithRuns(step, [.. step.Runs.Select(run => Truncate(run, length))]);

        for (int r = 0; r < step.Runs.Count; r++)
        {
            SequenceRun run = step.Runs[r];
            if (run.Restart) yield return With(step, r, run with { Restart = false });
            if (run.Silent) yield return With(step, r, run with { Silent = false });
            foreach (int length in (int[])[1, run.Tokens.Count / 2, run.Tokens.Count - 1])
                if (length >= 1 && length < run.Tokens.Count) yield return With(step, r, Truncate(run, length));
        }
    }

    private static DecodeStep With(DecodeStep step, int index, SequenceRun run) =>
        WithRuns(step, [.. step.Runs.Select((old, i) => i == index ? run : old)]);

    // Each run as it is now, cut at its end, or left out; what stays is interleaved as it was.
    private static DecodeStep WithRuns(DecodeStep step, IReadOnlyList<SequenceRun?> runs)
    {
        SequenceRun[] left = [.. runs.OfType<SequenceRun>()];
        if (step.Order is null) return step with { Runs = left };
        var index = new int[runs.Count];
        for (int i = 1; i < runs.Count; i++) index[i] = index[i - 1] + (runs[i - 1] is null ? 0 : 1);
        var taken = new int[runs.Count];
        int[] order = [.. step.Order.Where(run => runs[run] is { } kept && taken[run]++ < kept.Tokens.Count).Select(run => index[run])];
        return step with { Runs = left, Order = left.Length > 1 ? order : null };
    }

    private static SequenceRun Truncate(SequenceRun run, int length) =>
        run.Tokens.Count <= length ? run : run with { Tokens = [.. run.Tokens.Take(length)] };

    private static Schedule WithoutSequence(Schedule schedule, int sequence) => schedule with
    {
        Steps = [.. schedule.Steps
            .Select(step => step is DecodeStep decode
                ? WithRuns(decode, [.. decode.Runs.Select(run => run.Sequence == sequence ? null : run)])
                : step)
            .Where(step => step switch
            {
                DecodeStep decode => decode.Runs.Count > 0,
                ClearStep clear => clear.Sequence != sequence,
                _ => true,
            })],
    };
}
