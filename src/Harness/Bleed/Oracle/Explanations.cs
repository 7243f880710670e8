using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What explains a dirty round.</summary>
/// <param name="Nearest">The planted faults that come nearest, the nearest first.</param>
/// <param name="Damage">How far the server is from the reference, in nats: root mean square over the wrong positions.</param>
/// <param name="Limit">What an explanation may leave of it: what rounding can do.</param>
/// <param name="Tried">How many faults were tried.</param>
/// <param name="Left">How many were left out because time was up.</param>
public sealed record Explanations(IReadOnlyList<Explanation> Nearest, double Damage, double Limit, int Tried, int Left)
{
    // What leaves more of the damage than this explains nothing.
    internal const double Unexplained = 0.05;

    /// <summary>The single wrong states that explain an answer, the nearest first; none where none does.</summary>
    public IReadOnlyList<Explanation> States { get; init; } = [];

    /// <summary>How many single wrong states were tried.</summary>
    public int StatesTried { get; init; }

    /// <summary>Whether a fault explains the damage.</summary>
    public bool IsExplainedByFault => Nearest is [var first, ..] && first.Residual <= Limit;

    /// <summary>Whether a fault or a single wrong state explains the damage.</summary>
    public bool IsExplained => IsExplainedByFault || States.Count > 0;

    /// <inheritdoc/>
    public override string ToString() => (IsExplainedByFault, States.Count > 0) switch
    {
        (true, true) => $"{ByFault}; wrong state: {ByState}",
        (true, false) => $"{ByFault}; no single wrong state explains it ({StatesTried} tried)",
        (false, true) => $"{ByState} of {OfDamage}; {Near}",
        _ => $"unexplained by any planted fault or single wrong state ({OfDamage}; {StatesTried} states tried); {Near}",
    };

    private string OfDamage => Invariant($"{Damage:G3} nats");

    private string TriedFaults => Invariant($"{Tried} {(Tried == 1 ? "fault" : "faults")} tried") + (Left > 0 ? Invariant($", {Left} left out for lack of time") : "");

    private string ByFault => $"{Nearest[0]} of {OfDamage}; {TriedFaults}"
        + (Nearest.Count > 1 ? $"; next: {string.Join("; ", Nearest.Skip(1))}" : "");

    private string ByState => $"{string.Join(", or ", States)}";

    private string Near => Nearest.Count == 0 ? $"no planted fault comes near ({TriedFaults})"
        : $"nearest planted faults ({TriedFaults}): {string.Join("; ", Nearest)}";
}
