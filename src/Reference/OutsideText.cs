using System.Globalization;
using System.Text;

namespace Gdn.Reference;

/// <summary>
/// Text that comes from outside, from files, servers, engines and their errors, as it can stand in output: it neither moves the
/// cursor of a terminal nor becomes markup or a command.
/// </summary>
public static class OutsideText
{
    // What Markdown takes for itself, and HTML within it.
    private const string Markup = "\\`*_<>[]#|&~";

    // What no shell gives a meaning to.
    private const string PlainInShell = "_./:=@%+,-";

    /// <summary>
    /// On one line, with everything that is not seen as a character escaped: controls, line ends, marks that turn the direction of
    /// writing, halves of surrogate pairs.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Characters of it that are kept; of a longer one the rest is counted.</param>
    public static string OneLine(string text, int most = int.MaxValue)
    {
        string kept = text.Length <= most ? text : text[..most];
        string line = kept.All(IsSeen) ? kept : Escape(kept);
        return kept.Length == text.Length
            ? line
            : string.Create(CultureInfo.InvariantCulture, $"{line}... ({text.Length - kept.Length} more characters)");
    }

    /// <summary>As words of Markdown, in a paragraph or in the cell of a table.</summary>
    public static string Markdown(string text)
    {
        var escaped = new StringBuilder();
        foreach (char c in OneLine(text))
        {
            if (Markup.Contains(c, StringComparison.Ordinal)) escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>As a line of a code block of Markdown, indented.</summary>
    public static string MarkdownCode(string text) => $"    {OneLine(text)}\n";

    /// <summary>As one word of a shell.</summary>
    public static string Shell(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || PlainInShell.Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsSeen(char c) => c is >= ' ' and <= '~'
        || (c > '~' && char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out Rune pair) && pair.Utf16SequenceLength == 2
                && Rune.GetUnicodeCategory(pair) is not (UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned))
                escaped.Append(text, i++, 2);
            else
                escaped.Append(text[i] switch
                {
                    '\n' => @"\n",
                    '\r' => @"\r",
                    '\t' => @"\t",
                    var c when IsSeen(c) => $"{c}",
                    var c => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:x4}"),
                });
        }

        return escaped.ToString();
    }
}
