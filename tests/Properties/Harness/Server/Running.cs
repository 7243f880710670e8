using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Server;
using Gdn.Harness.Server.Http;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>A server in this process, and a client of it. Whatever takes a minute has failed.</summary>
internal sealed class Running : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HarnessServer _server;

    private Running(HarnessServer server)
    {
        _server = server;
        Client = new HttpClient { BaseAddress = server.Address, Timeout = Patience };
    }

    public HttpClient Client { get; }

    /// <summary>
    /// Starts a server on the reference, which goes token by token: its bits do not depend on how the server cuts a prompt,
    /// so whatever differs is the server's doing. The CPU engine scans in blocks.
    /// </summary>
    public static Task<Running> Start(ServeOptions options) => Start(options, EngineCatalog.Parse("reference"));

    public static async Task<Running> Start(ServeOptions options, IEngineFactory engine, LoadedModel? model = null) =>
        new(await HarnessServer.Start(options, engine, model ?? SampleModels.Served, CancellationToken.None));

    /// <summary>A response: its status and its JSON.</summary>
    public sealed record Reply(HttpStatusCode Status, JsonElement Body)
    {
        public string Error => Body.GetProperty("error").GetProperty("message").GetString()!;
    }

    public Task<Reply> Post(string path, JsonNode body) => Post(path, JsonContent.Create(body));

    public async Task<Reply> Post(string path, HttpContent body)
    {
        using HttpResponseMessage response = await Client.PostAsync(new Uri(path, UriKind.Relative), body);
        return await Read(response);
    }

    public async Task<Reply> Get(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        return await Read(response);
    }

    /// <summary>Opens a stream of events: returns once the status has come.</summary>
    public async Task<EventStream> Open(string path, JsonObject body)
    {
        body["stream"] = true;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        HttpResponseMessage response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Asks for the slots until they are as wanted.</summary>
    public async Task WaitForSlots(Predicate<JsonElement[]> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!wanted([.. (await Get("/slots")).Body.EnumerateArray()])) patience.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Asks until as many requests wait for a slot.</summary>
    public async Task WaitForWaiting(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        string wanted = string.Create(CultureInfo.InvariantCulture, $"requests_deferred {count}\n");
        while (!(await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains(wanted, StringComparison.Ordinal))
            patience.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Stops the server; the client stays.</summary>
    public async Task Stop() => await _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }

    private static async Task<Reply> Read(HttpResponseMessage response)
    {
        Assert.Equal("gdn-harness", response.Headers.Server.ToString());
        return new Reply(response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}

/// <summary>Server-sent events as they come.</summary>
internal sealed class EventStream(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly StreamReader _reader = new(body);

    public HttpResponseMessage Response => response;

    /// <summary>The next event's data; null at the end.</summary>
    public async Task<string?> Next()
    {
        const string Prefix = "data: ";
        using var patience = new CancellationTokenSource(Running.Patience);
        while (await _reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Length == 0) continue;
            Assert.StartsWith(Prefix, line, StringComparison.Ordinal);
            return line[Prefix.Length..];
        }

        return null;
    }

    /// <summary>All further events' data.</summary>
    public async Task<List<string>> Rest()
    {
        var events = new List<string>();
        while (await Next() is { } data) events.Add(data);
        return events;
    }

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
