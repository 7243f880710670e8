using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>A fault that our own engine was given, and how near it then comes to what the server answered.</summary>
/// <param name="Words">What goes wrong.</param>
/// <param name="Residual">What it leaves unexplained, in nats: root mean square over the wrong positions.</param>
public sealed record Explanation(string Words, double Residual)
{
    /// <inheritdoc/>
    public override string ToString() => Invariant($"{Words} (residual {Residual:G2})");
}
