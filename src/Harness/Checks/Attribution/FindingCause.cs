using Gdn.Harness.Schedules;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>What explains a failure.</summary>
/// <param name="State">Which wrong state, and how well it does.</param>
/// <param name="Layer">The first layer that is wrong; null where it cannot be known.</param>
public sealed record FindingCause(StateAttribution State, WrongLayer? Layer)
{
    /// <summary>Looks for it; null where no logits are wrong.</summary>
    public static FindingCause? Of(ModelCase @case, IModelCheck check, CancellationToken cancellation)
    {
        // Where the schedule itself is answered rightly, one that the check has made of it is not.
        IEnumerable<Schedule> played = check is VariantCheck variants
            ? variants.VariantsOf(@case).Select(variant => variant.Schedule).Prepend(@case.Schedule)
            : [@case.Schedule];
        try
        {
            return played.Select(schedule => Of(schedule == @case.Schedule ? @case : @case.With(schedule), cancellation))
                .FirstOrDefault(cause => cause is not null);
        }
        catch (Exception e) when (e is EngineFailedException or OperationCanceledException)
        {
            return null;
        }
    }

    private static FindingCause? Of(ModelCase @case, CancellationToken cancellation) =>
        Attributor.Explain(@case, cancellation) is { } state
            ? new FindingCause(state, WrongLayer.Of(@case, cancellation))
            : null;
}
