using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gdn.Harness.Server.Scheduling;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>Stands before every endpoint: names the server, checks the key, and turns exceptions into error bodies.</summary>
/// <param name="apiKey">What clients must send as bearer token; null to admit everybody.</param>
/// <param name="listensTo">The address.</param>
/// <param name="log">Where to report bugs.</param>
internal sealed class Guard(string? apiKey, IPAddress listensTo, ServerLog log)
{
    private const int MostShown = 80;
    private readonly byte[]? _expected = apiKey is null ? null : Encoding.UTF8.GetBytes($"Bearer {apiKey}");

    /// <summary>Lets a request pass.</summary>
    public async Task Handle(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.Server = ServerIdentity.Server;
        try
        {
            CheckSite(context);
            // Anybody may know that it is up.
            if (context.Request.Path != "/health") CheckKey(context);
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false }) throw Refused(context);
        }
        catch (ApiException e) when (!context.Response.HasStarted)
        {
            await Bodies.Write(context, JsonParts.Error(e), e.Status);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // There is no client left to receive an error.
        }
        catch (Exception e) when (!context.Response.HasStarted && e is not OutOfMemoryException)
        {
            log.RequestFailed(e.ToString());
            await Bodies.Write(context, JsonParts.Error(ApiException.Failed("The server failed; see its log")), 500);
        }
    }

    // A page in a browser reaches this machine under a name of its own (DNS rebinding), says where it comes from, or sends what needs
    // no permission of the server. A key keeps it out by itself, and the names of a server that has one are its own affair.
    private void CheckSite(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (apiKey is null && request.Host.HasValue && !IsOwn(request.Host.Host))
            throw new ApiException(
                403, "permission_error", $"This is not {Shortened(request.Host.Host)}: use the address, or set --api-key to allow any name");
        string origin = request.Headers.Origin.ToString();
        if (apiKey is null && origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? site) && IsOwn(site.Host)))
            throw new ApiException(403, "permission_error", $"Pages of {Shortened(origin)} may not use this server");
        if (request.ContentType is { Length: > 0 } type && request.Method == HttpMethods.Post && !request.HasJsonContentType())
            throw new ApiException(415, "invalid_request_error", $"The body is {Shortened(type)}: send application/json");
    }

    private bool IsOwn(string host)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address)) return IPAddress.IsLoopback(address) || !IPAddress.IsLoopback(listensTo);
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (!IPAddress.IsLoopback(listensTo) && host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase));
    }

    private static string Shortened(string text) => $"'{(text.Length <= MostShown ? text : text[..MostShown] + "...")}'";

    private void CheckKey(HttpContext context)
    {
        if (_expected is null) return;
        byte[] sent = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
        if (!CryptographicOperations.FixedTimeEquals(sent, _expected))
            throw new ApiException(401, "authentication_error", "Invalid API key: send it as 'Authorization: Bearer KEY'");
    }

    // No endpoint has this path, or none takes this method.
    private static ApiException Refused(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound =>
            new ApiException(404, "not_found_error", $"There is no {context.Request.Path}"),
        int status => new ApiException(
            status, "invalid_request_error", $"{context.Request.Method} {context.Request.Path} is not supported"),
    };
}
