using System.Globalization;
using Gdn.Reference;

namespace Gdn.Harness.Cli;

/// <summary>A list of numbers as written on a command line: <c>2..8</c>, <c>4</c>, or <c>1,2,8</c>.</summary>
internal static class IntRange
{
    private const int Most = 64;

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">It is not such a list, or leaves 1 to 64.</exception>
    public static IReadOnlyList<int> Parse(string option, string text)
    {
        var values = new SortedSet<int>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split("..");
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first < 1 || last > Most || first > last)
                throw new InputException(
                    option, $"'{text}' is not a list of numbers from 1 to {Most}", "write 2..8, or 1,2,4");
            for (int value = first; value <= last; value++) values.Add(value);
        }

        return [.. values];
    }
}
