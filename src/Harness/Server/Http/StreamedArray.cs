using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>
/// An array in an answer that may be long: its items are made and sent one after the other, and never held together as JSON.
/// </summary>
/// <param name="items">The items.</param>
internal sealed class StreamedArray(IEnumerable<JsonNode> items)
{
    private const int SentTogether = 1 << 16;

    // Stands in its place, and cannot occur in a text by chance.
    private readonly string _mark = Guid.NewGuid().ToString();

    /// <summary>What stands in the array's place until it is written.</summary>
    public JsonNode Place => JsonValue.Create(_mark);

    /// <summary>Writes the JSON that holds <see cref="Place"/>, with the array there.</summary>
    public async Task Write(HttpContext context, JsonObject json)
    {
        string[] around = JsonParts.Line(json).Split($"\"{_mark}\"");
        await context.Response.WriteAsync(around[0], context.RequestAborted);
        char before = '[';
        var text = new StringBuilder();
        foreach (JsonNode item in items)
        {
            text.Append(before).Append(JsonParts.Line(item));
            before = ',';
            if (text.Length < SentTogether) continue;
            await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
            text.Clear();
        }

        text.Append(before == '[' ? "[]" : "]").Append(around[1]);
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
