namespace Gdn.Harness.Schedules.Coverage;

/// <summary>The states of a schedule in which engines are known to go wrong, by name.</summary>
internal static class InterestingStates
{
    private static readonly IReadOnlyList<InterestingState<ScheduleStep>> Table =
    [
        .. OfAnyStep(BatchStates.Table), .. OfAnyStep(LengthStates.Table), .. OfAnyStep(SlotStates.Table), .. OperationStates.Table,
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(state => state.Name)];

    /// <summary>Those that schedules with these rules can reach.</summary>
    public static IEnumerable<string> Under(ScheduleRules rules) =>
        Table.Where(state => state.Needs.AreMetBy(rules)).Select(state => state.Name);

    /// <summary>Those that a schedule reaches.</summary>
    public static IReadOnlySet<string> Of(Schedule schedule, ScheduleRules rules)
    {
        var situation = new Situation(schedule, rules);
        var reached = new HashSet<string>();
        foreach (ScheduleStep step in schedule.Steps)
        {
            foreach (InterestingState<ScheduleStep> state in Table)
                if (!reached.Contains(state.Name) && state.Reached(step, situation)) reached.Add(state.Name);
            situation.Apply(step);
        }

        return reached;
    }

    private static IEnumerable<InterestingState<ScheduleStep>> OfAnyStep<TStep>(IEnumerable<InterestingState<TStep>> table)
        where TStep : ScheduleStep => table.Select(state => state.OfAnyStep());
}
