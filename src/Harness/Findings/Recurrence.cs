using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Findings;

/// <summary>
/// Tells a failure that is one more of a finding that there is already, so that it need not be made as small as the first: a bug that
/// every twentieth schedule meets would take longer than all the schedules.
/// </summary>
/// <param name="check">The check that fails.</param>
/// <param name="fingerprints">Those of the findings so far.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class Recurrence(IModelCheck check, IReadOnlyCollection<string> fingerprints, CancellationToken cancellation)
{
    // To look for a cause takes as long as many smaller cases: once for each of the findings that it may be.
    private readonly HashSet<string> _asked = [];

    /// <summary>The case that is one more; null where none has been seen to be.</summary>
    public ModelCase? Seen { get; private set; }

    /// <summary>Whether a case has the fingerprint of a finding, and cannot do without any of its kinds of steps.</summary>
    public bool Is(ModelCase @case, Discrepancy discrepancy)
    {
        Schedule schedule = @case.Schedule;
        if (!fingerprints.Any(seen => Fingerprint.IsOf(seen, schedule) && !_asked.Contains(seen)) || !NeedsEveryKind(@case, discrepancy))
            return false;
        _asked.UnionWith(fingerprints.Where(seen => Fingerprint.IsOf(seen, schedule)));
        StateCause? cause = FindingCause.StateOf(@case, check, cancellation)?.Cause;
        if (!fingerprints.Contains(Fingerprint.Of(check.Name, cause, $"{discrepancy.Symptom}", schedule))) return false;
        Seen = @case;
        return true;
    }

    private bool NeedsEveryKind(ModelCase @case, Discrepancy discrepancy) => @case.Schedule.Steps.Select(step => step.GetType()).Distinct()
        .Select(kind => @case.Schedule with { Steps = [.. @case.Schedule.Steps.Where(step => step.GetType() != kind)] })
        .Select(without => ScheduleTracker.DropImpossible(without, @case.Rules))
        .All(without => without.Steps.Count == 0
            || check.RunGuarded(@case.With(without), cancellation).Discrepancy is not { } other || !other.IsSameFailure(discrepancy));
}
