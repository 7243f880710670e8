
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
            var origin = new RowOrigin(e.Step, Sequence: -1, Position: -1, Feed: -1, Slot: -1);
            return new CheckOutcome(0, 0, new Discrepancy(
                check.Name, @case.Schedule.Slots, origin, Token: -1, double.NaN, double.NaN, 0, 0, 0,
                $"the engine threw {e.InnerException!.GetType().Name}: {e.InnerException.Message}"));
        }
    }
}
