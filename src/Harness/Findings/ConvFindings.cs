using Gdn.Harness.Kernels.Checks;

namespace Gdn.Harness.Findings;

/// <summary>Makes findings of what is wrong on conv cases.</summary>
internal static class ConvFindings
{
    /// <summary>All that is wrong on one case.</summary>
    public static Finding OfCase(string engine, IReadOnlyList<ConvFinding> ofCase, ulong seed)
    {
        ConvFinding first = ofCase[0];
        string others = string.Join(
            ", ", ofCase.Skip(1).Select(finding => $"{finding.Property} {finding.Where} {finding.Holds}".TrimEnd()));
        bool hasValues = !(double.IsNaN(first.Expected) && double.IsNaN(first.Actual));
        var result = new Finding(
            FormattableString.Invariant($"conv-{first.Property}-{seed:x}").ToLowerInvariant(), $"{first.Property}", engine)
        {
            Case = first.Case.ToString(),
            Where = first.Where,
            Detail = first.Holds,
            Expected = hasValues ? first.Expected : null,
            Actual = hasValues ? first.Actual : null,
            Error = first.Allowed > 0 ? Math.Abs(first.Actual - first.Expected) : null,
            Allowed = first.Allowed > 0 ? first.Allowed : null,
            Also = others.Length == 0 ? null : others,
        };
        return result with
        {
            Fingerprint = Fingerprint.Of(["conv", $"{first.Property}", .. Fingerprint.PartOf(first.Where)]),
            Replay = ReplayFile.Of(result, seed) with { KernelCase = result.Case },
        };
    }
}
