using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gdn.Harness.Clients.Http;

/// <summary>A value in the JSON of an answer. Whatever is not as it should be is named by its path.</summary>
internal readonly partial struct AnswerJson
{
    private readonly JsonElement _element;
    private readonly string _path;

    private AnswerJson(JsonElement element, string path) => (_element, _path) = (element, path);

    /// <summary>Reads JSON.</summary>
    /// <param name="json">The text; it must stay as it is while values are read.</param>
    /// <param name="where">The request.</param>
    /// <exception cref="BadAnswerException">It is not a JSON object.</exception>
    public static AnswerJson Parse(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            JsonElement root = JsonDocument.Parse(json).RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new AnswerJson(root, where)
                : throw new BadAnswerException(where, $"the answer is not an object but {Kind(root)}");
        }
        catch (JsonException e)
        {
            // Python writes the numbers that JSON does not know as if it did.
            string problem = NumberUnknownToJson().Match(Encoding.UTF8.GetString(json.Span)) is { Success: true } match
                ? $"the answer has the number {match.Groups["number"].Value}, which JSON does not know"
                : $"the answer is not JSON ({e.Message})";
            throw new BadAnswerException(where, problem, e);
        }
    }

    /// <summary>The members of an object: name and value.</summary>
    public IEnumerable<(string Name, AnswerJson Value)> Members()
    {
        Require(JsonValueKind.Object, "an object");
        string path = _path;
        foreach (JsonProperty member in _element.EnumerateObject())
            yield return (Decoded(() => member.Name), new AnswerJson(member.Value, path));
    }

    /// <summary>A member of an object; null where it is absent or null.</summary>
    public AnswerJson? this[string name]
    {
        get
        {
            Require(JsonValueKind.Object, "an object");
            return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
                ? new AnswerJson(value, $"{_path}: {name}")
                : null;
        }
    }

    /// <summary>A member that must be there.</summary>
    public AnswerJson Required(string name) => this[name] ?? throw Wrong($"'{name}' is missing");

    /// <summary>Whether a member is there, and null.</summary>
    public bool HasNull(string name) =>
        _element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>Whether it is an object.</summary>
    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => _element.ValueKind == JsonValueKind.Number;

    /// <summary>Whether it is an array.</summary>
    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    /// <summary>Whether it is a string.</summary>
    public bool IsText => _element.ValueKind == JsonValueKind.String;

    /// <summary>Whether it is null.</summary>
    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    /// <summary>The items of an array.</summary>
    public IReadOnlyList<AnswerJson> Items()
    {
        Require(JsonValueKind.Array, "an array");
        var items = new AnswerJson[_element.GetArrayLength()];
        int n = 0;
        foreach (JsonElement item in _element.EnumerateArray()) items[n] = new AnswerJson(item, $"{_path}[{n++}]");
        return items;
    }

    /// <summary>As a whole number.</summary>
    public int Int32() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out int value)
        ? value
        : throw Wrong($"{Kind(_element)} is not a whole number");

    /// <summary>As a finite number.</summary>
    public double Number() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Wrong($"{Kind(_element)} is not a finite number");

    /// <summary>As a string.</summary>
    public string Text()
    {
        Require(JsonValueKind.String, "a string");
        return Decoded(_element.GetString)!;
    }

    /// <summary>Whether it is <c>true</c>.</summary>
    public bool IsTrue => _element.ValueKind == JsonValueKind.True;

    /// <summary>The JSON text.</summary>
    public string Json => _element.GetRawText();

    private void Require(JsonValueKind kind, string name)
    {
        if (_element.ValueKind != kind) throw Wrong($"{Kind(_element)} is not {name}");
    }

    /// <summary>The exception for a wrong value.</summary>
    public BadAnswerException Wrong(string problem) => new(_path, problem);

    [GeneratedRegex(@"[:\[,]\s*(?<number>-?(NaN|Infinity))\b")]
    private static partial Regex NumberUnknownToJson();

    // Strings are decoded when they are read, and may turn out not to be UTF-8.
    private string Decoded(Func<string?> read)
    {
        try
        {
            return read() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new BadAnswerException(_path, "the text is not UTF-8", e);
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        _ => element.GetRawText() is { Length: < 40 } text ? text : "a number",
    };
}
