using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gdn.Harness;

/// <summary>What is wrong with a JSON file, in the words of whoever wrote the file: not of the types that it is read into.</summary>
internal static partial class JsonMistake
{
    /// <summary>Where it is: the line, and the field.</summary>
    public static string Where(string name, JsonException e)
    {
        string line = e.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $", line {number + 1}") : "";
        return e.Path is { Length: > 2 } path ? $"{name}{line}: {path[2..]}" : $"{name}{line}";
    }

    /// <summary>What it is.</summary>
    public static string Problem(JsonException e)
    {
        string message = e.Message;
        if (Conversion().Match(message) is { Success: true } conversion) return $"it is not {KindOf(conversion.Groups[1].Value)}";
        if (Unknown().Match(message) is { Success: true } unknown) return $"there is no field '{unknown.Groups[1].Value}'";
        if (Missing().Match(message) is { Success: true } missing) return $"it lacks {missing.Groups[1].Value.Replace("'", "", StringComparison.Ordinal)}";
        if (message.Contains("polymorphic", StringComparison.Ordinal) || message.Contains("discriminator", StringComparison.Ordinal)
            || message.Contains("metadata properties", StringComparison.Ordinal))
            return "it does not say of which kind it is, or names one that is not known";
        if (message.Contains("duplicate", StringComparison.OrdinalIgnoreCase)) return "a field stands there twice";
        if (message.Contains("doesn't allow setting", StringComparison.Ordinal) || message.Contains("null", StringComparison.Ordinal))
            return "it must not be null";
        int end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        if (end < 0) end = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }

    private static string KindOf(string type) => type switch
    {
        _ when type.Contains("List", StringComparison.Ordinal) || type.Contains("[]", StringComparison.Ordinal) => "a list",
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number that fits",
        _ when type.Contains("Double", StringComparison.Ordinal) => "a number",
        _ when type.Contains("String", StringComparison.Ordinal) => "a text in quotes",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ => "what is expected here",
    };

    [GeneratedRegex("could not be converted to (.*?)(\\. Path|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Conversion();

    [GeneratedRegex("The JSON property '(.*)' could not be mapped", RegexOptions.CultureInvariant)]
    private static partial Regex Unknown();

    [GeneratedRegex("missing required properties including: (.*?)\\.?( Path|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Missing();
}
