namespace Gdn.Harness.Checks;

/// <summary>Checks on engines that may throw.</summary>
internal static class GuardedCheck
{
    /// <summary>
    /// Runs a check; an engine that throws on a possible schedule has failed it, and the harness goes on.
    /// </summary>
    public static CheckOutcome RunGuarded(this IModelCheck check, ModelCase @case, CancellationToken cancellation)
    {
        try
        {
            return check.Run(@case, cancellation);
        }
        catch (EngineFailedException e)
        {
            return new CheckOutcome(0, 0, e.ToDiscrepancy(check.Name, @case.Schedule.Slots));
        }
    }
}
