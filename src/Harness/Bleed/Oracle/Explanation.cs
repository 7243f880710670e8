using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>A planted fault, and how close our own engine with it comes to the server's answers.</summary>
/// <param name="Words">What goes wrong.</param>
/// <param name="Residual">What it leaves unexplained, in nats: root mean square over the wrong positions.</param>
public sealed record Explanation(string Words, double Residual)
{
    /// <inheritdoc/>
    public override string ToString() => Invariant($"{Words} (residual {Residual:G2})");
}
