using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;

namespace Gdn.Harness.Findings;

/// <summary>Makes findings of what is wrong on kernel cases.</summary>
public static class KernelFindings
{
    /// <summary>One for each shape and what is wrong with it; other inputs seldom say more.</summary>
    public static IReadOnlyList<Finding> Of(IEnumerable<KernelFinding> findings, ulong seed) =>
    [
        .. findings
            .GroupBy(finding => (finding.Engine, finding.Case))
            .Select(ofCase => ofCase.ToArray())
            .DistinctBy(ofCase => (
                ofCase[0].Engine, ofCase[0].Case.Shape, string.Join(',', ofCase.Select(finding => finding.Property).Distinct())))
            .Select(ofCase => OfCase(ofCase, seed)),
    ];

    /// <summary>All that is wrong on one case.</summary>
    public static Finding OfCase(IReadOnlyList<KernelFinding> ofCase, ulong seed)
    {
        KernelFinding first = ofCase[0];
        string others = string.Join(", ", ofCase.Skip(1)
            .Where(finding => !IsImplied(finding, ofCase))
            .Select(finding => $"{finding.Property} {finding.Where} {finding.Holds}".TrimEnd()));
        bool hasValues = !(double.IsNaN(first.Expected) && double.IsNaN(first.Actual));
        bool hasAllowance = first.Allowed > 0;
        var result = new Finding(
            $"kernel-{KernelCase.NameOf(first.Case.Regime)}-{seed:x}", $"{first.Property}", first.Engine)
        {
            Case = first.Case.ToString(),
            Where = first.Where,
            Detail = first.Instability?.ToString() ?? first.Holds,
            Extent = first.Extent?.ToString(),
            Worst = first.Worst,
            Mistake = first.Mistake,
            Neighbours = first.Neighbours.Count == 0 ? null : first.Neighbours,
            OtherCases = first.OtherCases,
            Runs = first.Instability?.Runs,
            FailedRuns = first.Instability?.Failed,
            Expected = hasValues ? first.Expected : null,
            Actual = hasValues ? first.Actual : null,
            Error = hasAllowance ? first.Error : null,
            Allowed = hasAllowance ? first.Allowed : null,
            Also = others.Length == 0 ? null : others,
        };
        return result with
        {
            Fingerprint = Fingerprint.Of(["kernel", $"{first.Property}", .. Fingerprint.PartOf(first.Where), .. Mistake(first)]),
            Replay = ReplayFile.Of(result, seed) with { KernelCase = result.Case },
        };
    }

    // Two bugs that spoil the same result are told apart by what explains them.
    private static string[] Mistake(KernelFinding finding) => finding.Mistake is { } mistake ? [mistake] : [];

    // An error beyond its bound is nearly always beyond the usual ones too.
    private static bool IsImplied(KernelFinding finding, IReadOnlyList<KernelFinding> ofCase) =>
        finding.Property == KernelProperty.Baseline
        && ofCase.Any(other => other.Property == KernelProperty.ErrorBound && other.Where == finding.Where);
}
