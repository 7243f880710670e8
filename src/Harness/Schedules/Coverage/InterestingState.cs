namespace Gdn.Harness.Schedules.Coverage;

/// <summary>A state in which engines are known to go wrong.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Reached">Whether a step reaches it, from the situation before the step.</param>
/// <param name="Needs">What an engine must declare for it.</param>
internal sealed record InterestingState<TStep>(string Name, Func<TStep, Situation, bool> Reached, Needs Needs = default)
    where TStep : ScheduleStep
{
    /// <summary>The state as one of any step.</summary>
    public InterestingState<ScheduleStep> OfAnyStep() =>
        new(Name, (step, situation) => step is TStep own && Reached(own, situation), Needs);
}
