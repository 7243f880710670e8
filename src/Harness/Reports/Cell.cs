using System.Globalization;
using System.Text.Json;

namespace Gdn.Harness.Reports;

/// <summary>A value in a table.</summary>
/// <param name="Value">A number, text, <see cref="Verdict"/>, <see cref="Interval"/>, or other plain data; null for none.</param>
/// <param name="Text">What people read.</param>
public readonly record struct Cell(object? Value, string Text)
{
    /// <summary>A value as it is usually read.</summary>
    public static Cell Of(object? value) => new(value, TextOf(value));

    /// <summary>A value as it is usually read: invariant, verdicts in capitals, words in lower case.</summary>
    public static string TextOf(object? value) => value switch
    {
        null => "",
        Verdict verdict => $"{verdict}".ToUpperInvariant(),
        Enum word => JsonNamingPolicy.KebabCaseLower.ConvertName($"{word}"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}

/// <summary>Where a value lies with some confidence.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Low, double High);
