using System.Globalization;
using Gdn.Harness.Metrics;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What the rows of a sweep have in common: from which np on it is dirty, in which scenarios.</summary>
/// <param name="rows">The rows that were judged.</param>
internal sealed class BleedPattern(IReadOnlyList<(int Np, Scenario Scenario, bool IsDirty)> rows)
{
    /// <summary>From which token of an answer on, from 1; null where that is not known.</summary>
    public int? FirstToken { get; init; }

    /// <summary>Victims whose donor is known, of all victims; null where nobody has looked.</summary>
    public (int Known, int All)? Donors { get; init; }

    /// <summary>In a line; nothing where no row is dirty.</summary>
    public override string ToString()
    {
        if (!rows.Any(row => row.IsDirty)) return "";
        int first = rows.Where(row => row.IsDirty).Min(row => row.Np);
        var parts = new List<string> { Since(first), Where(first) };
        if (FirstToken is { } token) parts.Add(Invariant($"from the {Ordinal(token)} token of an answer on"));
        if (Donors is { Known: > 0 } donors)
            parts.Add(donors.Known == donors.All
                ? "donor: another live request"
                : Invariant($"donor: another live request ({donors.Known} of {donors.All} victims)"));
        return string.Join(", ", parts);
    }

    /// <summary>What rounds without a fault are worth.</summary>
    public static string PowerOf(int rounds) => rounds == 0
        ? "no round was played"
        : $"a fault in {BinomialRate.Percent(BinomialRate.Detectable(rounds))} of rounds would have shown";

    /// <summary>Numbers as people list them: <c>2..4, 6 and 8</c>.</summary>
    public static string Ranges(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (int number in numbers.Distinct().Order())
            if (ranges.Count > 0 && ranges[^1].Last == number - 1) ranges[^1] = (ranges[^1].First, number);
            else ranges.Add((number, number));
        return List(ranges.SelectMany(range => range.Last - range.First < 2
            ? Enumerable.Range(range.First, range.Last - range.First + 1).Select(number => Invariant($"{number}"))
            : [Invariant($"{range.First}..{range.Last}")]));
    }

    /// <summary>Scenarios as a row of a table names them that stands for several.</summary>
    public static string Kinds(IEnumerable<Scenario> scenarios) => scenarios.Distinct().ToArray() is { Length: > 2 } many
        ? Invariant($"{many.Length} kinds")
        : List(scenarios.Distinct().Select(Scenarios.Name));

    private string Since(int first)
    {
        int[] clean = [.. rows.GroupBy(row => row.Np).Where(np => !np.Any(row => row.IsDirty)).Select(np => np.Key)];
        int[] below = [.. clean.Where(np => np < first)], above = [.. clean.Where(np => np > first)];
        return (below.Length > 0 ? $"clean at np {Ranges(below)}, dirty from {Number(first)}" : Invariant($"dirty from np {first}, the smallest tried"))
            + (above.Length > 0 ? $", clean again at {Ranges(above)}" : "");
    }

    // Rows below the first dirty np say nothing about scenarios.
    private string Where(int first)
    {
        Scenario[] tried = [.. rows.Where(row => row.Np >= first).Select(row => row.Scenario).Distinct()];
        Scenario[] dirty = [.. tried.Where(scenario => rows.Any(row => row.IsDirty && row.Scenario == scenario))];
        Scenario[] clean = [.. tried.Except(dirty)];
        return clean.Length == 0 && tried.Length > 1 ? Invariant($"in each of {tried.Length} scenarios")
            : $"in {List(dirty.Select(Scenarios.Name))}" + (clean.Length > 0 ? $", not in {List(clean.Select(Scenarios.Name))}" : "");
    }

    private static string List(IEnumerable<string> words) => words.ToArray() switch
    {
        [.. var first, var last] when first.Length > 0 => $"{string.Join(", ", first)} and {last}",
        var one => string.Concat(one),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Ordinal(int number) => number % 100 is >= 11 and <= 13 ? Invariant($"{number}th") : Number(number) + (number % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
}
