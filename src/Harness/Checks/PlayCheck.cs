namespace Gdn.Harness.Checks;

/// <summary>
/// The engine plays the schedule: it throws nothing, refuses what must be refused, and every sequence stands at its position
/// after every step. Compares no logits.
/// </summary>
public sealed class PlayCheck : IModelCheck
{
    /// <inheritdoc/>
    public string Name => "play";

    /// <inheritdoc/>
    public CheckOutcome Run(ModelCase @case, CancellationToken cancellation)
    {
        @case.Run(cancellation);
        return CheckOutcome.NotApplicable;
    }
}
