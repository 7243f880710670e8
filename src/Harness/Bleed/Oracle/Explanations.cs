using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What explains a dirty round, the nearest first.</summary>
/// <param name="Nearest">The nearest of all that were tried.</param>
/// <param name="Damage">How far the server is from the reference, in nats: root mean square over the wrong positions.</param>
/// <param name="Tried">How many were tried.</param>
/// <param name="Left">How many were left out because time was up.</param>
public sealed record Explanations(IReadOnlyList<Explanation> Nearest, double Damage, int Tried, int Left)
{
    // What leaves more of the damage than this explains nothing.
    internal const double Unexplained = 0.05;

    /// <summary>Whether the nearest explains the damage.</summary>
    public bool IsExplained => Nearest is [var first, ..] && first.Residual <= Unexplained * Damage;

    /// <inheritdoc/>
    public override string ToString()
    {
        string tried = Invariant($"{Damage:G3} nats; {Tried} tried") + (Left > 0 ? Invariant($", {Left} left out for lack of time") : "");
        return Nearest.Count == 0 ? $"unexplained ({tried})"
            : IsExplained ? Invariant($"{Nearest[0]} of {tried}") + (Nearest.Count > 1 ? $"; next: {string.Join("; ", Nearest.Skip(1))}" : "")
            : $"unexplained by any planted fault ({tried}); nearest: {string.Join("; ", Nearest)}";
    }
}
