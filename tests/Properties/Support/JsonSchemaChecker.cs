using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gdn.Properties.Support;

/// <summary>
/// As much of JSON Schema as the published schemas use. A keyword that it does not know is an error, so that no rule of a schema
/// goes unchecked.
/// </summary>
internal static class JsonSchemaChecker
{
    private static readonly HashSet<string> Annotations = ["$schema", "$id", "$defs", "title", "description", "default", "examples"];

    /// <summary>What is wrong with a value, a line for each thing, by its path.</summary>
    public static IReadOnlyList<string> Errors(string schemaFile, string json)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf(schemaFile)));
        using var value = JsonDocument.Parse(
            json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return [.. Errors(schema.RootElement, schema.RootElement, value.RootElement, "$")];
    }

    private static IEnumerable<string> Errors(JsonElement root, JsonElement schema, JsonElement value, string path)
    {
        foreach (JsonProperty rule in schema.EnumerateObject())
            foreach (string error in Errors(root, schema, rule, value, path))
                yield return error;
    }

    private static IEnumerable<string> Errors(
        JsonElement root, JsonElement schema, JsonProperty rule, JsonElement value, string path) => rule.Name switch
        {
            "$ref" => Errors(root, Definition(root, rule.Value.GetString()!), value, path),
            "type" => Unless(Types(rule.Value).Any(type => IsOf(type, value)), $"{path}: {value.ValueKind} is not {rule.Value}"),
            "const" => Unless(JsonElement.DeepEquals(rule.Value, value), $"{path}: {value} is not {rule.Value}"),
            "enum" => Unless(rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)), $"{path}: {value} is not one of {rule.Value}"),
            "minimum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.Value.GetDouble(), $"{path}: {value} is less than {rule.Value}"),
            "pattern" => Unless(value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.Value.GetString()!), $"{path}: '{value}' is not like {rule.Value}"),
            "minItems" => Unless(value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.Value.GetInt32(), $"{path}: too few entries"),
            "required" => rule.Value.EnumerateArray().Select(name => name.GetString()!)
                .Where(name => value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(name, out _)).Select(name => $"{path}.{name}: missing"),
            "properties" => value.ValueKind != JsonValueKind.Object ? [] : value.EnumerateObject()
                .Where(member => rule.Value.TryGetProperty(member.Name, out _))
                .SelectMany(member => Errors(root, rule.Value.GetProperty(member.Name), member.Value, $"{path}.{member.Name}")),
            "additionalProperties" when rule.Value.ValueKind == JsonValueKind.False => value.ValueKind != JsonValueKind.Object
                ? []
                : value.EnumerateObject().Where(member => !schema.GetProperty("properties").TryGetProperty(member.Name, out _))
                    .Select(member => $"{path}.{member.Name}: unknown"),
            "items" => value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray()
                .SelectMany((item, i) => Errors(root, rule.Value, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"))),
            var name when Annotations.Contains(name) => [],
            var name => throw new NotSupportedException($"The schema uses '{name}'."),
        };

    private static IEnumerable<string> Unless(bool holds, string error) => holds ? [] : [error];

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        _ => throw new NotSupportedException($"The schema uses the type '{type}'."),
    };

    private static JsonElement Definition(JsonElement root, string reference) =>
        reference["#/".Length..].Split('/').Aggregate(root, (element, name) => element.GetProperty(name));
}
