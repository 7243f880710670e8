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

    /// <summary>An exception of an engine in words: its type and message, or how its process ended.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        EngineDiedException or ContractException => exception.Message,
        EngineThrewException threw => $"{threw.Type}: {threw.Message.ReplaceLineEndings(" ")}",
        _ => $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}",
    };

    /// <summary>What a check holds against the engine.</summary>
    public Discrepancy ToDiscrepancy(string check, int slots) => new(
        check, slots, new RowOrigin(Step, Sequence: -1, Position: -1, Slot: -1), Token: -1, double.NaN, double.NaN,
        0, 0, 0, (InnerException is EngineDiedException or ContractException ? "" : "the engine threw ") + Describe(InnerException!));
}
