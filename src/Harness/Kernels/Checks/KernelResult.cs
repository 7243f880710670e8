namespace Gdn.Harness.Kernels.Checks;

/// <summary>The outcome of one case.</summary>
/// <param name="Findings">Violations, at most one for each property and result, the most telling first.</param>
/// <param name="Use">How much of the tolerances was used up.</param>
public sealed record KernelResult(IReadOnlyList<KernelFinding> Findings, ToleranceUse Use)
{
    /// <summary>How the runs of the case as it is came out.</summary>
    internal IReadOnlyList<RunOutcome> Runs { get; init; } = [];
}

/// <summary>
/// The largest error relative to its tolerance, which a history keeps: a rise inside the tolerance is a warning.
/// </summary>
/// <param name="Output">Output error over its bound.</param>
/// <param name="State">State or snapshot error over its bound.</param>
/// <param name="Baseline">Error over what <see cref="KernelProperty.Baseline"/> allows.</param>
public readonly record struct ToleranceUse(double Output, double State, double Baseline)
{
    /// <summary>The larger of both, figure by figure.</summary>
    public ToleranceUse Max(ToleranceUse other) => new(
        Math.Max(Output, other.Output), Math.Max(State, other.State), Math.Max(Baseline, other.Baseline));
}
