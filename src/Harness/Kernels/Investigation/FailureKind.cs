using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;

namespace Gdn.Harness.Kernels.Investigation;

/// <summary>What failing cases of one bug have in common: a symptom that names itself, or wrong values that begin alike.</summary>
/// <param name="Symptoms">Property and kind of all that is wrong but values.</param>
/// <param name="HasWrongValues">Whether values are wrong.</param>
/// <param name="Onset">Where wrong outputs begin; null where outputs are right, and so nothing is known.</param>
internal sealed record FailureKind(IReadOnlySet<(KernelProperty, string)> Symptoms, bool HasWrongValues, FailureOnset? Onset)
{
    /// <summary>Of one case.</summary>
    public static FailureKind Of(IReadOnlyList<KernelFinding> findings)
    {
        KernelFinding[] values = [.. findings.Where(IsOfValues)];
        KernelExtent? output = values.Select(finding => finding.Extent).FirstOrDefault(e => e?.First.Buffer == KernelBuffer.Output);
        return new FailureKind(
            findings.Where(finding => !IsOfValues(finding)).Select(SymptomOf).ToHashSet(),
            values.Length > 0, output is null ? null : FailureOnset.Of(output));
    }

    /// <summary>Whether both may well be one bug.</summary>
    public bool Matches(FailureKind other) =>
        SharesSymptom(other)
        || (HasWrongValues && other.HasWrongValues && (Onset is null || other.Onset is null || Onset == other.Onset));

    /// <summary>Whether both show a symptom that names itself.</summary>
    public bool SharesSymptom(FailureKind other) => Symptoms.Overlaps(other.Symptoms);

    /// <summary>With what another case of the same bug shows.</summary>
    public FailureKind With(FailureKind other) => new(
        Symptoms.Union(other.Symptoms).ToHashSet(), HasWrongValues || other.HasWrongValues, Onset ?? other.Onset);

    // What runs over the end of a state hits another row, or the memory behind the last.
    private static (KernelProperty, string) SymptomOf(KernelFinding finding) => finding.Property == KernelProperty.ForeignRows
        ? (KernelProperty.StrayWrites, CallBuffer.Pool.Name())
        : (finding.Property, finding.Kind);

    private static bool IsOfValues(KernelFinding finding) => finding.Property is KernelProperty.ErrorBound or KernelProperty.Baseline;
}

/// <summary>Where wrong outputs begin: what is wrong from the start differs from what is wrong after a chunk, or in heads beyond some.</summary>
/// <param name="AfterTokens">Whether the first tokens, as many as the least usual chunk has, are right.</param>
/// <param name="AfterHeads">Whether the first heads are right.</param>
internal readonly record struct FailureOnset(bool AfterTokens, bool AfterHeads)
{
    private const int LeastChunk = 16, FirstHeads = 4;

    /// <summary>Of an extent.</summary>
    public static FailureOnset Of(KernelExtent output) => new(
        output.First.Position >= LeastChunk, output.Axes.FirstOrDefault(axis => axis.Axis == "head") is { } heads && heads.Wrong[0] >= FirstHeads);
}
