namespace Gdn.Harness.Schedules.Crossings;

/// <summary>Positions at which chunks, windows and blocks of caches end.</summary>
internal static class Places
{
    /// <summary>The value of rows near none of them.</summary>
    public const int Elsewhere = 0;

    /// <summary>The value of rows near the end of another block.</summary>
    public const int Block = 1;

    private const int BlockLength = 16, Margin = 2, ShortRow = 9;

    /// <summary>Boundaries with a value of their own, from <see cref="Block"/> + 1.</summary>
    public static IReadOnlyList<int> Boundaries { get; } = [64, 128, 192, 256, 512];

    /// <summary>Names of all values.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["elsewhere", "near a block's end", .. Boundaries.Select(boundary => FormattableString.Invariant($"near {boundary}"))];

    /// <summary>The boundary of a value that has one; else that of a block within the first tokens.</summary>
    public static int BoundaryOf(int place) => place > Block ? Boundaries[place - Block - 1] : BlockLength;

    /// <summary>The values of a row of so many tokens at a position.</summary>
    public static IEnumerable<int> Of(int position, int tokens)
    {
        bool anywhere = false;
        int last = (position + tokens + Margin) / BlockLength * BlockLength;
        for (int boundary = Math.Max(BlockLength, position / BlockLength * BlockLength); boundary <= last; boundary += BlockLength)
        {
            if (!Reaches(position, tokens, boundary)) continue;
            anywhere = true;
            int named = Boundaries.ToList().IndexOf(boundary);
            yield return named < 0 ? Block : Block + 1 + named;
        }

        if (!anywhere) yield return Elsewhere;
    }

    /// <summary>A position for the end of a row of so many tokens that makes it reach a boundary: half of them end right there.</summary>
    public static int EndNear(int boundary, int tokens, SeededRandom random) => random.Next(2) == 0
        ? boundary
        : boundary - 1 + random.Next(tokens <= ShortRow ? tokens + 2 : 3);

    // It begins or ends there, or reaches over it with drafts.
    private static bool Reaches(int position, int tokens, int boundary) =>
        Math.Abs(position - boundary) <= Margin || Math.Abs(position + tokens - boundary) <= Margin
        || (tokens <= ShortRow && position < boundary && position + tokens > boundary);
}
