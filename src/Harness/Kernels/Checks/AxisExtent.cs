using static System.FormattableString;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>Which indices of one axis of a result are wrong.</summary>
/// <param name="Axis">The axis, for example <c>token</c>.</param>
/// <param name="Size">Indices that there are.</param>
/// <param name="Wrong">Those that are wrong, ascending, at least one.</param>
internal sealed record AxisExtent(string Axis, int Size, IReadOnlyList<int> Wrong)
{
    private const int MostListed = 6;

    /// <summary>For example <c>tokens 256..299 of 300</c>, <c>odd heads</c>, <c>all 4 sequences</c>.</summary>
    public override string ToString()
    {
        (int first, int last, int count) = (Wrong[0], Wrong[^1], Wrong.Count);
        if (count == Size) return Invariant($"all {Size} {Axis}s");
        if (count == 1) return Invariant($"{Axis} {first} of {Size}");
        if (last - first == count - 1) return Invariant($"{Axis}s {first}..{last} of {Size}");
        if (Regular() is { } pattern) return pattern;
        return count <= MostListed
            ? Invariant($"{Axis}s {string.Join(", ", Wrong.Select(i => Invariant($"{i}")))} of {Size}")
            : Invariant($"{count} of {Size} {Axis}s, {first} to {last}");
    }

    // Equal steps from the first step on to the end of the axis: certain only with three of them.
    private string? Regular()
    {
        int step = Wrong[1] - Wrong[0];
        bool regular = Wrong.Count >= 3 && Wrong[0] < step && Wrong[^1] + step >= Size;
        for (int i = 1; regular && i < Wrong.Count; i++) regular = Wrong[i] - Wrong[i - 1] == step;
        return (regular, step, Wrong[0]) switch
        {
            (false, _, _) => null,
            (_, 2, 0) => Invariant($"even {Axis}s of {Size}"),
            (_, 2, _) => Invariant($"odd {Axis}s of {Size}"),
            (_, _, 0) => Invariant($"{Axis}s at multiples of {step} of {Size}"),
            (_, _, var first) => Invariant($"every {step}th {Axis} from {first} on of {Size}"),
        };
    }
}
