namespace Gdn.Harness.Engines.Isolation;

/// <summary>How foreign engines are run.</summary>
/// <param name="CallLimit">How long a call may take before the engine counts as hanging.</param>
/// <param name="Cancellation">Ends the engines' processes, in the middle of a call if need be.</param>
public sealed record IsolationOptions(TimeSpan CallLimit, CancellationToken Cancellation = default)
{
    /// <summary>Seconds that a call may take when nobody says otherwise.</summary>
    public const int DefaultSeconds = 30;

    /// <summary>The usual limit, and no cancellation.</summary>
    public static IsolationOptions Default { get; } = new(TimeSpan.FromSeconds(DefaultSeconds));
}
