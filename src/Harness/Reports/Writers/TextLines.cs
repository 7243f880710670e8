namespace Gdn.Harness.Reports.Writers;

/// <summary>Text in lines of a width. Words, numbers, paths and commands are never broken: one that is too long has a line to itself.</summary>
internal static class TextLines
{
    /// <summary>The lines: those after the first stand in by two more than it.</summary>
    /// <param name="text">The text, in one line.</param>
    /// <param name="width">How many characters fit into a line.</param>
    public static IReadOnlyList<string> Of(string text, int width)
    {
        if (text.Length <= width) return [text];
        string indent = new(' ', text.TakeWhile(c => c == ' ').Count());
        var lines = new List<string>();
        foreach (string line in Filled(text.TrimStart().Split(' '), width - indent.Length, width - indent.Length - 2))
            lines.Add(indent + (lines.Count == 0 ? "" : "  ") + line);
        return lines;
    }

    /// <summary>The lines of a cell, all of one width.</summary>
    public static IReadOnlyList<string> OfCell(string text, int width) =>
        text.Length <= width ? [text] : [.. Filled(text.Split(' '), width, width)];

    private static IEnumerable<string> Filled(string[] words, int first, int rest)
    {
        string line = words[0];
        int width = first;
        foreach (string word in words.Skip(1))
            if (line.Length + 1 + word.Length <= width) line += ' ' + word;
            else
            {
                yield return line;
                (line, width) = (word, rest);
            }

        yield return line;
    }
}
