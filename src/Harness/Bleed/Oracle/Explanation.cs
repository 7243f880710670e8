using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>A possible cause, and how far the answers of our own engine with it are from the server's.</summary>
/// <param name="Words">What goes wrong.</param>
/// <param name="Residual">What it leaves unexplained, in nats: root mean square over the wrong positions.</param>
public sealed record Explanation(string Words, double Residual)
{
    /// <inheritdoc/>
    public override string ToString() => Invariant($"{Words} (residual {Residual:G2})");
}
