using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json.Nodes;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Http;

/// <summary>Sends requests and reads answers, within limits of time and size. A bad answer is not a dead server.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int ErrorBytesShown = 400, RequestCharactersShown = 160;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromSeconds(4);

    private readonly ClientOptions _options;
    private readonly HttpClient _client;
    private readonly string _base;

    public ServerConnection(ClientOptions options)
    {
        _options = options;
        _base = options.Address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        // Clients of OpenAI's API are given the address with the version.
        if (_base.EndsWith("/v1", StringComparison.Ordinal)) _base = _base[..^"/v1".Length];
        var handler = new SocketsHttpHandler
        {
            // A key given for one server is not handed on to another.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectLimit,
        };
#pragma warning disable CA5359 // The user gave --insecure.
        if (options.AcceptAnyCertificate)
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            };
#pragma warning restore CA5359
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        HttpRequestHeaders headers = _client.DefaultRequestHeaders;
        if (options.ApiKey is { } key) headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach ((string name, string value) in options.Headers) headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Where the server listens.</summary>
    public Uri Address => _options.Address;

    /// <summary>Sends a request, waits while the server is too busy, and reads the answer.</summary>
    /// <param name="path">From the server's address, with the leading slash.</param>
    /// <param name="body">To post; null to get.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellation">Closes the connection.</param>
    /// <exception cref="BadAnswerException">The server refused, or was too slow; or <paramref name="read"/> threw it.</exception>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    public async Task<T> SendAsync<T>(
        string path, JsonObject? body, Func<BoundedReader, HttpResponseHeaders, CancellationToken, Task<T>> read,
        CancellationToken cancellation)
    {
        string text = body?.ToJsonString() ?? "";
        string where = $"{(body is null ? "GET" : "POST")} {path}";
        var watch = Stopwatch.StartNew();
        for (TimeSpan pause = _options.FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(_options.RequestLimit);
            try
            {
                using HttpRequestMessage request = Request(path, body is null ? null : text);
                using HttpResponseMessage response =
                    await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
                bool tooBusy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
                if (!tooBusy || watch.Elapsed + pause > _options.RequestLimit)
                {
                    var reader = new BoundedReader(
                        await response.Content.ReadAsStreamAsync(limited.Token), where, _options.MaxAnswerBytes,
                        _options.MaxLineBytes);
                    if (!response.IsSuccessStatusCode) await RefuseAsync(response.StatusCode, reader, limited.Token);
                    return await read(reader, response.Headers, limited.Token);
                }
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                if (limited.IsCancellationRequested)
                    throw new BadAnswerException(
                        where,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"no complete answer within {_options.RequestLimit.TotalSeconds:0.###} s (see --timeout)"),
                        e);
                throw Unreachable("no connection in time", e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                cancellation.ThrowIfCancellationRequested();
                if (e is HttpRequestException { HttpRequestError: var error } && ConnectionProblem(error) is { } problem)
                    throw Unreachable($"{problem} ({Innermost(e)})", e);
                if (await IsAliveAsync(cancellation))
                    throw new BadAnswerException(where, $"the connection was lost ({Innermost(e)})", e);
                string shown = text.Length > RequestCharactersShown ? text[..RequestCharactersShown] + "..." : text;
                throw new EnvironmentException(
                    Address.ToString(), $"the server died during {where} {shown}", "check its log and restart it", e);
            }

            await Task.Delay(pause, cancellation);
        }
    }

    /// <summary>Gets an object; null where the server has no such route.</summary>
    public async Task<(AnswerJson? Answer, string? Server)> TryGetAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync<(AnswerJson?, string?)>(
                path, null,
                async (reader, headers, token) =>
                    (AnswerJson.Parse(await reader.ReadToEndAsync(token), reader.Where), headers.Server.ToString()),
                cancellation);
        }
        catch (BadAnswerException)
        {
            return (null, null);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(string path, string? body)
    {
        var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, _base + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    private async Task RefuseAsync(HttpStatusCode status, BoundedReader reader, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> answer = await reader.ReadToEndAsync(cancellation);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new EnvironmentException(Address.ToString(), $"it answers {(int)status}", "give its key with --api-key");
        string text = Encoding.UTF8.GetString(answer.Span[..Math.Min(answer.Length, ErrorBytesShown)]);
        throw new BadAnswerException(reader.Where, $"the server answers {(int)status} {text.ReplaceLineEndings(" ")}")
        {
            Status = (int)status,
        };
    }

    // A reset may be about one request; a server that takes no further connection has died.
    private async Task<bool> IsAliveAsync(CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ConnectLimit);
        try
        {
            using HttpRequestMessage request = Request("/health", null);
            using HttpResponseMessage response =
                await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return e is IOException
                || e is HttpRequestException { HttpRequestError: var error } && ConnectionProblem(error) is null;
        }
    }

    private EnvironmentException Unreachable(string problem, Exception inner) =>
        new(Address.ToString(), problem, "check the address, and that the server is running", inner);

    private static string? ConnectionProblem(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "no such host",
        HttpRequestError.ConnectionError => "no connection",
        HttpRequestError.SecureConnectionError => "no secure connection; --insecure accepts any certificate",
        HttpRequestError.ProxyTunnelError => "the proxy refused the connection",
        _ => null,
    };

    private static string Innermost(Exception e) => e.GetBaseException().Message.ReplaceLineEndings(" ");
}
