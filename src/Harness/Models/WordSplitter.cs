using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gdn.Harness.Models;

/// <summary>
/// Cuts text into the words that merges never cross: each pattern in turn cuts what the ones before have left, into its matches
/// and what lies between them.
/// </summary>
internal sealed class WordSplitter(params Regex[] patterns)
{
    /// <summary>The words; joined they are the text.</summary>
    public IEnumerable<string> Split(string text)
    {
        // Patterns look at one UTF-16 unit at a time, and half of a surrogate pair is neither letter nor digit to them.
        string shape = Shape(text, out int[] starts);
        List<(int Start, int Length)> words = [(0, shape.Length)];
        foreach (Regex pattern in patterns)
            words = [.. words.SelectMany(word => Cut(pattern, shape.Substring(word.Start, word.Length), word.Start))];
        return words.Select(word => text[starts[word.Start]..starts[word.Start + word.Length]]);
    }

    private static List<(int Start, int Length)> Cut(Regex pattern, string text, int offset)
    {
        var parts = new List<(int, int)>();
        int end = 0;
        foreach (ValueMatch match in pattern.EnumerateMatches(text))
        {
            if (match.Index > end) parts.Add((offset + end, match.Index - end));
            parts.Add((offset + match.Index, match.Length));
            end = match.Index + match.Length;
        }

        if (end < text.Length) parts.Add((offset + end, text.Length - end));
        return parts;
    }

    // The text with one unit per character: one of the same kind in place of a pair. starts[i] is where character i starts.
    private static string Shape(string text, out int[] starts)
    {
        var shape = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length + 1);
        int offset = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            offsets.Add(offset);
            offset += rune.Utf16SequenceLength;
            shape.Append(rune.IsBmp ? (char)rune.Value : StandIn(rune));
        }

        starts = [.. offsets, offset];
        return shape.ToString();
    }

    private static char StandIn(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        _ when IsHan(rune.Value) => '\u3400',
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => '\u0300',
        _ when Rune.IsLetter(rune) => '\u01BB',
        _ when Rune.IsNumber(rune) => '\u00B2',
        _ when Rune.IsPunctuation(rune) => '\u00B6',
        _ when Rune.IsSymbol(rune) => '\u00A9',
        _ => '\uE000',
    };

    // Extensions B to F, and the supplement of the compatibility ideographs.
    private static bool IsHan(int character) => character is (>= 0x20000 and <= 0x2EBEF) or (>= 0x2F800 and <= 0x2FA1F);
}
