using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>An engine threw, or died, on a step that was possible.</summary>
/// <param name="step">The step; -1 if the engine could not even be made.</param>
/// <param name="call">What it was asked to do.</param>
/// <param name="inner">What it threw.</param>
public sealed class EngineFailedException(int step, string call, Exception inner)
    : Exception($"The engine failed at step {step}: {inner.Message}", inner)
{
    /// <summary>The step of the schedule; -1 if the engine could not even be made.</summary>
    public int Step { get; } = step;

    /// <summary>How it shows.</summary>
    public Symptom Symptom => InnerException switch
    {
        EngineDiedException { Death: EngineDeath.Hang } => new Symptom(SymptomKind.Hang, call),
        EngineDiedException => new Symptom(SymptomKind.Crash, call),
        ContractException => new Symptom(
            call == nameof(EngineRun.Refuse) ? SymptomKind.AcceptedInvalid : SymptomKind.LostPosition),
        EngineThrewException threw => new Symptom(SymptomKind.Threw, call, threw.Type),
        _ => new Symptom(SymptomKind.Threw, call, InnerException!.GetType().Name),
    };

    /// <summary>What a check holds against the engine.</summary>
    public Discrepancy ToDiscrepancy(string check, int slots) => new(
        check, slots, new RowOrigin(Step, Sequence: -1, Position: -1, Slot: -1), Token: -1, double.NaN, double.NaN, 0, 0, 0,
        (Symptom.Kind == SymptomKind.Threw ? "the engine threw " : "") + EngineFailure.Describe(InnerException!))
    {
        Symptom = Symptom,
    };
}
