using System.Text.Json;

namespace Gdn.Harness.Campaigns;

/// <summary>A row of a saved table.</summary>
/// <param name="Fields">Its fields, by key.</param>
internal sealed record SavedRow(IReadOnlyDictionary<string, JsonElement> Fields)
{
    /// <summary>Reads an object; of a field that is there twice the first counts.</summary>
    public static SavedRow Of(JsonElement row) =>
        new(row.EnumerateObject().DistinctBy(field => field.Name).ToDictionary(field => field.Name, field => field.Value.Clone()));

    /// <summary>The table's name.</summary>
    public string? Table => Text("table");

    /// <summary>A field's text; null if it is missing, or not a text.</summary>
    public string? Text(string key) =>
        Fields.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A field's number; null if it is missing, or not a number.</summary>
    public double? Number(string key) =>
        Fields.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>A field's whole number; null if it is missing, or not a whole number.</summary>
    public int? Whole(string key) => Number(key) is { } value && value == (int)value ? (int)value : null;

    /// <summary>A field's numbers; null if it is missing, or not a list of numbers.</summary>
    public IReadOnlyList<double>? Numbers(string key) =>
        Fields.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(item => item.GetDouble())]
            : null;

    /// <summary>A field that is an object, as a row of its own; null if it is missing, or not an object.</summary>
    public SavedRow? Inner(string key) =>
        Fields.TryGetValue(key, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? Of(value)
            : null;
}
