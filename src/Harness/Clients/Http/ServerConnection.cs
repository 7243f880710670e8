using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json.Nodes;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Http;

/// <summary>Sends requests and reads answers, within limits of time and size. A bad answer is not a dead server.</summary>
/// <remarks>
/// Every request has a connection of its own: servers close connections that they promised to keep, while the next request
/// is on its way. One that ends before any of its answer came is sent again, a few times.
/// </remarks>
internal sealed class ServerConnection : IDisposable
{
    private const int ErrorBytesShown = 400, RequestCharactersShown = 160, ResendsMax = 3;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly ClientOptions _options;
    private readonly HttpClient _client;

    public ServerConnection(ClientOptions options)
    {
        _options = options;
        Address = ServerAddress.Of(options.Address);
        var handler = new SocketsHttpHandler
        {
            // A key given for one server is not handed on to another.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectLimit,
            PooledConnectionLifetime = TimeSpan.Zero,
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
        else if (options.Address.UserInfo is { Length: > 0 } user)
            headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
        foreach ((string name, string value) in options.Headers) headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Where the server's routes lie.</summary>
    public ServerAddress Address { get; set; }

    /// <summary>Sends a request, waits while the server is too busy, and reads the answer.</summary>
    /// <param name="path">From the host, with the leading slash: a route of <see cref="Address"/>.</param>
    /// <param name="body">To post; null to get.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellation">Closes the connection.</param>
    /// <exception cref="BadAnswerException">The server refused, or was too slow; or <paramref name="read"/> threw it.</exception>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    public async Task<T> SendAsync<T>(
        string path, JsonObject? body, Func<ServerAnswer, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        string? text = body?.ToJsonString();
        string where = $"{(body is null ? "GET" : "POST")} {path}";
        var busy = new BusyServer(_options);
        for (int resends = 0; ;)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(_options.RequestLimit);
            bool answered = false;
            TimeSpan pause = TimeSpan.Zero;
            try
            {
                using HttpRequestMessage request = Request(path, text);
                using HttpResponseMessage response =
                    await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
                answered = true;
                if (BusyServer.IsMeantBy(response.StatusCode) && busy.PauseAfter(response) is { } wait)
                {
                    pause = wait;
                }
                else
                {
                    var reader = new BoundedReader(
                        await response.Content.ReadAsStreamAsync(limited.Token), where, _options.MaxAnswerBytes,
                        _options.MaxLineBytes);
                    if (!response.IsSuccessStatusCode) await RefuseAsync(response, reader, limited.Token);
                    return await read(new ServerAnswer(reader, response.Headers, busy.RefusedWith), limited.Token);
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
                string? problem = e is HttpRequestException { HttpRequestError: var error } ? ConnectionProblem(error) : null;
                if (problem is not null && resends == 0) throw Unreachable($"{problem} ({Innermost(e)})", e);
                if (problem is not null || (answered || resends == ResendsMax) && !await IsAliveAsync(cancellation))
                    throw Died($"{where} {Shortened(text)}", e);
                if (answered || resends++ == ResendsMax)
                    throw new BadAnswerException(where, $"the connection was lost ({Innermost(e)})", e);
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
                async (answer, token) => (await answer.JsonAsync(token), answer.Headers.Server.ToString()), cancellation);
        }
        catch (BadAnswerException)
        {
            return (null, null);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(string path, string? body)
    {
        var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, Address.UrlOf(path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    private async Task RefuseAsync(HttpResponseMessage response, BoundedReader reader, CancellationToken cancellation)
    {
        int status = (int)response.StatusCode;
        ReadOnlyMemory<byte> answer = await reader.ReadToEndAsync(cancellation);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new EnvironmentException(Name, $"it answers {status}", "give its key with --api-key");
        string text = Encoding.UTF8.GetString(answer.Span[..Math.Min(answer.Length, ErrorBytesShown)]);
        string later = response.Headers.RetryAfter is { } after ? $" (Retry-After: {after})" : "";
        throw new BadAnswerException(reader.Where, $"the server answers {status}{later} {text.ReplaceLineEndings(" ")}")
        {
            Status = status,
        };
    }

    // A reset may be about one request; a server that takes no further connection has died.
    private async Task<bool> IsAliveAsync(CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ConnectLimit);
        try
        {
            using HttpRequestMessage request = Request(Address.Own("/health"), null);
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

    private string Name => Address.Given.ToString();

    private EnvironmentException Unreachable(string problem, Exception inner) =>
        new(Name, problem, "check the address, and that the server is running", inner);

    private EnvironmentException Died(string during, Exception inner) =>
        new(Name, $"the server died during {during.TrimEnd()}", "check its log and restart it", inner);

    private static string? Shortened(string? text) =>
        text?.Length > RequestCharactersShown ? text[..RequestCharactersShown] + "..." : text;

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
