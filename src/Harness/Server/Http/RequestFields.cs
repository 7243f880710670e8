using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Gdn.Harness.Server.Http;

/// <summary>
/// The fields of a request's JSON object. One that is missing or null has its default; one that cannot be used is refused
/// by name. Of several names, the first one present counts.
/// </summary>
internal sealed class RequestFields
{
    private readonly JsonElement _body;

    private RequestFields(JsonElement body) => _body = body;

    /// <summary>When the client has left, and the answer is of no use.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Reads a body.</summary>
    /// <exception cref="ApiException">It is not a JSON object.</exception>
    public static RequestFields Parse(ReadOnlyMemory<byte> body, CancellationToken cancellation = default)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (!Utf8.IsValid(body.Span) || !IsUnicode(document.RootElement))
                throw ApiException.Invalid("The body is not Unicode: send UTF-8, and surrogates in pairs");
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RequestFields(document.RootElement.Clone()) { Cancellation = cancellation }
                : throw ApiException.Invalid("The body is not a JSON object");
        }
        catch (JsonException e)
        {
            throw ApiException.Invalid($"The body is not JSON: {e.Message}");
        }
    }

    /// <summary>A field as it is, or null.</summary>
    public JsonElement? Find(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (_body.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null) return value;
        return null;
    }

    /// <summary>A field that must be there.</summary>
    /// <exception cref="ApiException">It is not.</exception>
    public JsonElement Require(string name) => Find(name) ?? throw Error(name, "it is missing");

    /// <summary>A whole number.</summary>
    /// <exception cref="ApiException">It is not a whole number, or out of range.</exception>
    public long? Integer(long min, long max, params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= min && number <= max
            ? number
            : throw Error(names[0], string.Create(
                CultureInfo.InvariantCulture, $"{Text(value)} is not a whole number from {min} to {max}"));
    }

    /// <summary>A number from 0.</summary>
    /// <exception cref="ApiException">It is not such a number.</exception>
    public double? NotNegative(string name)
    {
        if (Find(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= 0
            && double.IsFinite(number)
            ? number
            : throw Error(name, $"{Text(value)} is not a number of at least 0");
    }

    /// <summary>True or false.</summary>
    /// <exception cref="ApiException">It is neither.</exception>
    public bool? Flag(string name) => Find(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error(name, $"{Text(value)} is neither true nor false"),
    };

    /// <summary>A text, or several; none when the field is missing.</summary>
    /// <exception cref="ApiException">Something else, an empty text, or too many.</exception>
    public IReadOnlyList<string> Texts(string name, int most)
    {
        if (Find(name) is not { } value) return [];
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (items.Length > most) throw Error(name, $"{items.Length} texts are more than {most}");
        foreach (JsonElement item in items)
            if (item.ValueKind != JsonValueKind.String || item.GetString()!.Length == 0)
                throw Error(name, $"{Text(item)} is not a string");
        return [.. items.Select(item => item.GetString()!)];
    }

    /// <summary>The text of a field that must be there.</summary>
    /// <exception cref="ApiException">It is missing or no text.</exception>
    public string Text(string name) => Require(name) is { ValueKind: JsonValueKind.String } value
        ? value.GetString()!
        : throw Error(name, $"{Text(Require(name))} is not a string");

    /// <summary>The error for a field that cannot be used.</summary>
    public static ApiException Error(string name, string problem) => ApiException.Invalid($"Field '{name}': {problem}");

    // Half of a surrogate pair can be written as an escape; no text holds it.
    private static bool IsUnicode(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is not null,
                JsonValueKind.Array => value.EnumerateArray().All(IsUnicode),
                JsonValueKind.Object => value.EnumerateObject().All(field => field.Name is not null && IsUnicode(field.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A value as it was sent, shortened.</summary>
    public static string Text(JsonElement value)
    {
        const int Longest = 40;
        string text = value.GetRawText();
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }
}
