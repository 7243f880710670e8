using System.Text.Json;
using System.Text.Json.Serialization;
using Gdn.Reference;

namespace Gdn.Harness;

/// <summary>JSON that a user names, read into a type: what the type does not expect is an error that says where it stands.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Options on which a kind of file builds: no unknown members, none that is missing or null where it must not be.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads a value.</summary>
    /// <param name="name">Name of the file, for errors.</param>
    /// <param name="json">Its bytes.</param>
    /// <param name="options">Made of <see cref="Options"/>.</param>
    /// <param name="kind">What it should be, with its article, for example <c>a replay file</c>.</param>
    /// <param name="remedy">What the user can do.</param>
    /// <exception cref="InputException">It is something else.</exception>
    public static T Read<T>(string name, ReadOnlyMemory<byte> json, JsonSerializerOptions options, string kind, string remedy)
        where T : class
    {
        try
        {
            using (JsonDocument document = JsonDocument.Parse(json, Reading))
                if (NullEntry(document.RootElement, "$") is { } path)
                    throw new InputException($"{name}: {path[2..]}", "it is null", remedy);
            // Of the text, not of the document, which does not know its lines.
            return JsonSerializer.Deserialize<T>(json.Span, options)
                ?? throw new InputException(name, $"it is not {kind}", remedy);
        }
        catch (JsonException e)
        {
            throw new InputException(JsonMistake.Where(name, e), $"it is not {kind}: {JsonMistake.Problem(e)}", remedy, e);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new InputException(name, $"it is not {kind} ({e.Message})", remedy, e);
        }
    }

    // No list of ours has holes, and types cannot say so of their entries.
    private static string? NullEntry(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Select(member => NullEntry(member.Value, $"{path}.{member.Name}")).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select((entry, i) => entry.ValueKind == JsonValueKind.Null
            ? $"{path}[{i}]"
            : NullEntry(entry, $"{path}[{i}]")).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
