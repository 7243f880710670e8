namespace Gdn.Harness.Schedules.Coverage;

/// <summary>The states of a schedule in which engines are known to go wrong, by name.</summary>
internal static class InterestingStates
{
    private delegate bool Reached(ScheduleStep step, Situation situation);

    private static readonly IReadOnlyList<(string State, Reached Reached)> Table =
    [
        .. Of<DecodeStep>(BatchStates.Table), .. Of<DecodeStep>(LengthStates.Table), .. Of<DecodeStep>(SlotStates.Table),
        .. Of<ScheduleStep>(OperationStates.Table),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(entry => entry.State)];

    /// <summary>Those that a schedule reaches.</summary>
    public static IReadOnlySet<string> Of(Schedule schedule, ScheduleRules rules)
    {
        var situation = new Situation(schedule, rules);
        var reached = new HashSet<string>();
        foreach (ScheduleStep step in schedule.Steps)
        {
            foreach ((string state, Reached predicate) in Table)
                if (!reached.Contains(state) && predicate(step, situation)) reached.Add(state);
            situation.Apply(step);
        }

        return reached;
    }

    private static IEnumerable<(string, Reached)> Of<TStep>(
        IEnumerable<(string State, Func<TStep, Situation, bool> Reached)> table) where TStep : ScheduleStep =>
        table.Select(entry => (entry.State, (Reached)((step, situation) => step is TStep own && entry.Reached(own, situation))));
}
