using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>An engine threw, or died, on a step that was possible.</summary>
/// <param name="step">The step; -1 if the engine could not even be made.</param>
/// <param name="inner">What it threw.</param>
public sealed class EngineFailedException(int step, Exception inner)
    : Exception($"The engine failed at step {step}: {inner.Message}", inner)
{
    /// <summary>The step of the schedule; -1 if the engine could not even be made.</summary>
    public int Step { get; } = step;

    /// <summary>What a check holds against the engine.</summary>
    public Discrepancy ToDiscrepancy(string check, int slots) => new(
        check, slots, new RowOrigin(Step, Sequence: -1, Position: -1, Slot: -1), Token: -1, double.NaN, double.NaN,
        0, 0, 0, (InnerException is EngineDiedException or ContractException ? "" : "the engine threw ") + EngineFailure.Describe(InnerException!));
}
