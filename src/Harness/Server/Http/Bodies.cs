using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>Bodies of requests and responses.</summary>
internal static class Bodies
{
    /// <summary>Longest body that is read, in bytes; enforced by the web server.</summary>
    public const int MaxBytes = 1 << 20;

    private const string Json = "application/json; charset=utf-8";

    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="ApiException">The body is not a JSON object, or too long.</exception>
    public static async Task<RequestFields> Read(HttpContext context)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            throw new ApiException(e.StatusCode, "invalid_request_error", e.Message);
        }

        return RequestFields.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    /// <summary>Writes JSON.</summary>
    public static Task Write(HttpContext context, JsonNode json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        return context.Response.WriteAsync(JsonParts.Line(json), context.RequestAborted);
    }

    /// <summary>Writes JSON that has a long array in it.</summary>
    public static Task Write(HttpContext context, JsonObject json, StreamedArray array)
    {
        context.Response.ContentType = Json;
        return array.Write(context, json);
    }
}
