using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>One violation.</summary>
/// <param name="Engine">The kernel.</param>
/// <param name="Case">The case that shows it.</param>
/// <param name="Property">What was violated.</param>
/// <param name="Where">The element, as <see cref="KernelLocation"/> writes it, or what else there is to say.</param>
/// <param name="Expected">The element's right value; NaN where the property has no single right value.</param>
/// <param name="Actual">Its value.</param>
/// <param name="Error">
/// Norm of the error of the element's block (a token's and head's output, a head's state); 0 where bits were compared.
/// </param>
/// <param name="Allowed">The largest such norm allowed; 0 where bits were compared.</param>
public sealed record KernelFinding(
    string Engine, KernelCase Case, KernelProperty Property, string Where, double Expected, double Actual, double Error,
    double Allowed)
{
    /// <summary>What the element holds in place of a result, in words, where its bits tell; otherwise null.</summary>
    public string? Holds { get; init; }
}
