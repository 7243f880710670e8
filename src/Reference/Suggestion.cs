namespace Gdn.Reference;

/// <summary>What somebody may have meant who wrote a name that does not exist.</summary>
public static class Suggestion
{
    // Longer lists are left to the command that prints them.
    private const int MostListed = 20;

    /// <summary>A remedy: the nearest name where there is one near enough, and the names where they are few enough to read.</summary>
    /// <param name="given">What was written.</param>
    /// <param name="known">The names that exist.</param>
    /// <param name="elsewhere">Where the names are listed, if they are many; for example <c>see 'faults list'</c>.</param>
    public static string Remedy(string given, IReadOnlyCollection<string> known, string? elsewhere = null)
    {
        string rest = elsewhere is not null && known.Count > MostListed ? elsewhere : $"use one of {string.Join(", ", known)}";
        return Nearest(given, known) is { } name ? $"did you mean {name}? Otherwise {rest}" : rest;
    }

    /// <summary>The nearest name, if it begins alike and so few letters differ that it is likely to be meant.</summary>
    public static string? Nearest(string given, IEnumerable<string> known)
    {
        (string Name, int Distance)[] near =
        [
            .. known.Select(name => (Name: name, Distance: Distance(given, name)))
                .Where(name => name.Distance <= Allowed(name.Name) && FirstOf(name.Name) == FirstOf(given))
                .OrderBy(name => name.Distance),
        ];
        return near.Length > 0 ? near[0].Name : null;
    }

    private static char FirstOf(string name) => name.FirstOrDefault(char.IsLetterOrDigit);

    private static int Allowed(string name) => Math.Max(1, name.Trim('-').Length / 3);

    // Letters inserted, left out, replaced, or swapped with the next.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                int replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
