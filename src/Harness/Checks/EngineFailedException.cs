namespace Gdn.Harness.Checks;

/// <summary>An engine threw on a step that was possible.</summary>
/// <param name="step">The step.</param>
/// <param name="inner">What it threw.</param>
public sealed class EngineFailedException(int step, Exception inner)
    : Exception($"The engine failed at step {step}: {inner.Message}", inner)
{
    /// <summary>The step of the schedule.</summary>
    public int Step { get; } = step;
}
