namespace Gdn.Harness.Checks.Attribution;

/// <summary>What explains a failure.</summary>
/// <param name="State">Which wrong state, and how well it does.</param>
/// <param name="Layer">The first layer that is wrong; null where it cannot be known.</param>
public sealed record FindingCause(StateAttribution State, WrongLayer? Layer)
{
    /// <summary>Looks for it; null where no logits are wrong.</summary>
    public static FindingCause? Of(ModelCase @case, IModelCheck check, CancellationToken cancellation) =>
        FirstOf(@case, check, played => Attributor.Explain(played, cancellation) is { } state
            ? new FindingCause(state, WrongLayer.Of(played, cancellation))
            : null);

    /// <summary>Looks for the state alone; null where no logits are wrong.</summary>
    public static StateAttribution? StateOf(ModelCase @case, IModelCheck check, CancellationToken cancellation) =>
        FirstOf(@case, check, played => Attributor.Explain(played, cancellation));

    // Where the schedule itself is answered rightly, one that the check has made of it is not.
    private static T? FirstOf<T>(ModelCase @case, IModelCheck check, Func<ModelCase, T?> explain)
        where T : class
    {
        IEnumerable<ModelCase> played = check is VariantCheck variants
            ? variants.VariantsOf(@case).Select(variant => @case.With(variant.Schedule)).Prepend(@case)
            : [@case];
        try
        {
            return played.Select(explain).FirstOrDefault(cause => cause is not null);
        }
        catch (Exception e) when (e is EngineFailedException or OperationCanceledException)
        {
            return null;
        }
    }
}
