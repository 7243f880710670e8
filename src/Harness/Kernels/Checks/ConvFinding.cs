using Gdn.Harness.Kernels.Cases;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>One violation by a convolution.</summary>
/// <param name="Case">The case that shows it.</param>
/// <param name="Property">What was violated.</param>
/// <param name="Where">The element, or what else there is to say.</param>
/// <param name="Expected">The element's right value; NaN where the property has no single right value.</param>
/// <param name="Actual">Its value.</param>
/// <param name="Allowed">The largest error allowed; 0 where bits were compared.</param>
internal sealed record ConvFinding(
    ConvCase Case, KernelProperty Property, string Where, double Expected = double.NaN, double Actual = double.NaN,
    double Allowed = 0)
{
    /// <summary>What the element holds in place of a result, in words, where its bits tell; otherwise null.</summary>
    public string? Holds { get; init; }
}
