using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using static System.FormattableString;

namespace Gdn.Harness.Kernels.Investigation;

/// <summary>Varies one size of a failing case at a time, so that the rule behind the failure shows.</summary>
internal static class NeighbourProbe
{
    private const double MostWork = 2e6;
    private const int LongestList = 6;

    private static readonly Axis[] Axes =
    [
        new("T", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 256, 257],
            shape => shape.Rule.Tokens, (shape, value) => shape with { Rule = shape.Rule with { Tokens = value } }),
        new("n", [1, 2, 3, 4, 5, 8],
            shape => shape.Sequences,
            (shape, value) => shape with { Sequences = value, PoolRows = Math.Max(shape.PoolRows, value) }),
        new("Hv", [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48],
            shape => shape.Rule.ValueHeads,
            (shape, value) => value % shape.Rule.KeyHeads != 0 ? null : shape with { Rule = shape.Rule with { ValueHeads = value } }),
        // Where every value head has a key head of its own.
        new("Hk = Hv", [1, 2, 3, 4, 6, 8, 16, 24, 32],
            shape => shape.Rule.KeyHeads == shape.Rule.ValueHeads ? shape.Rule.KeyHeads : 0,
            (shape, value) => shape.Rule.KeyHeads != shape.Rule.ValueHeads
                ? null
                : shape with { Rule = shape.Rule with { KeyHeads = value, ValueHeads = value } }),
        new("K", [1, 2, 4, 7, 8, 9, 15, 16, 17, 32, 48, 64, 65, 96, 128, 192, 256],
            shape => shape.Rule.KeyDim, (shape, value) => shape with { Rule = shape.Rule with { KeyDim = value } }),
        new("V", [1, 2, 4, 7, 8, 9, 15, 16, 17, 32, 48, 64, 65, 96, 128, 192, 256],
            shape => shape.Rule.ValueDim, (shape, value) => shape with { Rule = shape.Rule with { ValueDim = value } }),
        // For kernels of square states.
        new("K = V", [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256],
            shape => shape.Rule.KeyDim == shape.Rule.ValueDim ? shape.Rule.KeyDim : 0,
            (shape, value) => shape.Rule.KeyDim != shape.Rule.ValueDim
                ? null
                : shape with { Rule = shape.Rule with { KeyDim = value, ValueDim = value } }),
        new("planes", [0, 1, 2, 3, 4], shape => shape.Planes, (shape, value) => shape with { Planes = value }),
    ];

    /// <summary>A line for each size on which it depends whether the case fails, for example <c>T 3, 5, 65 fail; 1, 2, 4, 64 pass</c>.</summary>
    /// <param name="engine">Only shapes that it supports are tried.</param>
    /// <param name="case">A case that fails.</param>
    /// <param name="fails">Whether another fails, in whatever way.</param>
    /// <param name="isOver">Ends the search with what has been tried.</param>
    public static IReadOnlyList<string> Around(IKernelEngine engine, KernelCase @case, Func<KernelCase, bool> fails, Func<bool> isOver)
    {
        var lines = new List<string>();
        foreach (Axis axis in Axes)
        {
            int here = axis.Get(@case.Shape);
            var tried = new List<(int Value, bool Fails)>();
            foreach (int value in axis.Values.Append(here - 1).Append(here).Append(here + 1).Distinct().Order())
            {
                if (value == here && here > 0) tried.Add((value, true));
                if (value == here || value < 0 || isOver()) continue;
                if (axis.With(@case.Shape, value) is not { } shape || shape.Work > MostWork || !IsSound(shape) || !engine.Supports(shape))
                    continue;
                tried.Add((value, fails(@case with { Shape = shape })));
            }

            if (tried.Any(one => one.Fails) && tried.Any(one => !one.Fails))
                lines.Add($"{axis.Name} {Listed(tried, fail: true)} fail; {Listed(tried, fail: false)} pass");
        }

        return lines;
    }

    private static bool IsSound(in KernelShape shape) =>
        shape.Rule is { Tokens: > 0, KeyHeads: > 0, ValueHeads: > 0, KeyDim: > 0, ValueDim: > 0 } && shape.Sequences > 0;

    // Values tried that follow each other are drawn together where they are many.
    private static string Listed(List<(int Value, bool Fails)> tried, bool fail)
    {
        int[] values = [.. tried.Where(one => one.Fails == fail).Select(one => one.Value)];
        if (values.Length <= LongestList) return string.Join(", ", values.Select(value => Invariant($"{value}")));
        var parts = new List<string>();
        for (int i = 0; i < tried.Count; i++)
        {
            if (tried[i].Fails != fail) continue;
            int end = i;
            while (end + 1 < tried.Count && tried[end + 1].Fails == fail) end++;
            if (end - i < 2)
                parts.AddRange(tried[i..(end + 1)].Select(one => Invariant($"{one.Value}")));
            else
                parts.Add(Invariant($"{tried[i].Value} to {tried[end].Value} ({end - i + 1} tried)"));
            i = end;
        }

        return string.Join(", ", parts);
    }

    private sealed record Axis(string Name, int[] Values, Func<KernelShape, int> Get, Func<KernelShape, int, KernelShape?> With);
}
