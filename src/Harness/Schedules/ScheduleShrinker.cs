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
    /// <param name="rules">What schedules keep to.</param>
    /// <param name="fails">Whether a schedule still fails, in the same check.</param>
    /// <param name="attempts">How many schedules to try at most.</param>
    public static Schedule Shrink(Schedule schedule, ScheduleRules rules, Func<Schedule, bool> fails, int attempts = 400)
    {
        bool shrunk = true;
        while (shrunk && attempts > 0)
        {
            shrunk = false;
            foreach (Schedule simpler in Simpler(schedule, rules))
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
    public static IEnumerable<Schedule> Simpler(Schedule schedule, ScheduleRules rules) => Candidates(schedule)
        // A simplification may take the ground from other steps, such as a rollback's tokens; those go too.
        .Select(candidate => ScheduleTracker.DropImpossible(candidate, rules))
        .Where(possible => possible.Steps.Count > 0 && Size(possible) < Size(schedule));

    // Steps weigh most, then sequences, slots and tokens: what a reader has to keep in mind.
    private static long Size(Schedule schedule) => schedule.Steps.Sum(step => 100_000L + step.Weight())
        + schedule.Slots * 1_000L + schedule.Planes * 100L;

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
            foreach (ScheduleStep simpler in steps[i].Simpler())
                yield return schedule with { Steps = [.. steps.Select((step, j) => j == i ? simpler : step)] };
        }
    }

    private static Schedule WithoutSequence(Schedule schedule, int sequence) =>
        schedule with { Steps = [.. schedule.Steps.Select(step => step.Without(sequence)).OfType<ScheduleStep>()] };
}
