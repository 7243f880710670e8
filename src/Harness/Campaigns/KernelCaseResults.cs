using Gdn.Harness.Kernels.Cases;
using Gdn.Harness.Kernels.Checks;

namespace Gdn.Harness.Campaigns;

/// <summary>The outcome of many cases.</summary>
/// <param name="Cases">Cases run.</param>
/// <param name="Failed">Those with findings.</param>
/// <param name="Regimes">Per regime.</param>
/// <param name="Findings">Violations, of each bug those on its smallest case.</param>
/// <param name="Covered">The sizes that were tried.</param>
public sealed record KernelCaseResults(
    int Cases, int Failed, IReadOnlyDictionary<InputRegime, RegimeSummary> Regimes,
    IReadOnlyList<KernelFinding> Findings, KernelCoverage Covered);

/// <summary>The cases of one regime.</summary>
/// <param name="Cases">Cases run.</param>
/// <param name="Failed">Those with findings.</param>
/// <param name="Use">The most of each tolerance used by any case.</param>
public readonly record struct RegimeSummary(int Cases, int Failed, ToleranceUse Use)
{
    /// <summary>With one more case.</summary>
    public RegimeSummary With(bool clean, ToleranceUse use) =>
        new(Cases + 1, Failed + (clean ? 0 : 1), Use.Max(use));
}
