using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>One violation.</summary>
/// <param name="Engine">The kernel.</param>
/// <param name="Case">The case that shows it.</param>
/// <param name="Property">What was violated.</param>
/// <param name="Where">The first wrong element in order of time, as <see cref="KernelLocation"/> writes it, or what else there is to say.</param>
/// <param name="Expected">The element's right value; NaN where the property has no single right value.</param>
/// <param name="Actual">Its value.</param>
/// <param name="Error">
/// Norm of the error of the worst block (a token's and head's output, a head's state); 0 where bits were compared.
/// </param>
/// <param name="Allowed">The largest such norm allowed; 0 where bits were compared.</param>
public sealed record KernelFinding(
    string Engine, KernelCase Case, KernelProperty Property, string Where, double Expected, double Actual, double Error,
    double Allowed)
{
    /// <summary>What the element holds in place of a result, in words, where its bits tell; otherwise null.</summary>
    public string? Holds { get; init; }

    /// <summary>What findings of one bug have in common beside the property, whatever the case; may be empty.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The worst element, where an error is too large.</summary>
    public string? Worst { get; init; }

    /// <summary>All that is wrong in the result; null where no result is.</summary>
    internal KernelExtent? Extent { get; init; }

    /// <summary>The known mistake that gives these results, or two of them; null where none explains them.</summary>
    public string? Mistake { get; init; }

    /// <summary>On which sizes it depends whether the case fails, a line for each.</summary>
    public IReadOnlyList<string> Neighbours { get; init; } = [];

    /// <summary>Other cases that show the same; null where there are none.</summary>
    public string? OtherCases { get; init; }

    /// <summary>How often the same call fails, where it is not always; otherwise null.</summary>
    internal KernelRepetition? Instability { get; init; }

    /// <summary>The least says most about the bug.</summary>
    internal int Rank => Property switch
    {
        KernelProperty.Crash or KernelProperty.Hang or KernelProperty.Returns or KernelProperty.Refused => 0,
        KernelProperty.Finite when Holds is not null => 1,
        KernelProperty.StrayWrites => 2,
        KernelProperty.ForeignRows => 3,
        KernelProperty.Finite => 4,
        KernelProperty.ErrorBound => 5,
        KernelProperty.Baseline => 6,
        KernelProperty.Storage => 7,
        KernelProperty.NonInterference => 8,
        _ => 9,
    };

    /// <summary>Error in units of what is allowed; infinite where bits were compared.</summary>
    internal double Ratio => Allowed > 0 ? Error / Allowed : double.PositiveInfinity;

    /// <summary>Whether both show in the same way.</summary>
    public bool HasSymptomOf(KernelFinding other) => (Property, Kind) == (other.Property, other.Kind);
}
