using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Gdn.Harness.Clients.Http;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>Where routes lie under an address, which model is asked for, and on which route.</summary>
public sealed class ServerAddressTests
{
    private const string Completion = """{"choices":[{"text":"a","finish_reason":"length"}]}""";

    private static readonly CompletionRequest Request = new(new Prompt(Text: "b"), 1, Stream: false);

    // A server with these routes and no others.
    private static RawServer Serving(List<string> asked, params (string Route, string Answer)[] routes) =>
        new(async (line, body, output, cancellation) =>
        {
            string route = line[..line.LastIndexOf(' ')];
            lock (asked) asked.Add(body.Length > 0 ? $"{route} {body}" : route);
            string? answer = routes.FirstOrDefault(entry => entry.Route == route).Answer;
            await output.WriteAsync(
                answer is null ? RawServer.Answer("""{"error":"no such route"}""", "404 Not Found") : RawServer.Answer(answer),
                cancellation);
        });

    private static Task<ICompletionClient> ConnectAsync(
        RawServer raw, string path = "", string? model = null, ServerFlavour? flavour = null) => ClientDiscovery.ConnectAsync(
            new ClientOptions(new Uri(raw.Address, path)) { Model = model }, flavour, CancellationToken.None);

    [Theory]
    [InlineData("http://h:1", "/v1/models", "/health")]
    [InlineData("http://h:1/", "/v1/models", "/health")]
    [InlineData("http://h:1/v1/", "/v1/models", "/health")]
    [InlineData("http://h:1/v3", "/v3/models", "/health")]
    [InlineData("http://h:1/api/v1", "/api/v1/models", "/api/health")]
    [InlineData("http://h:1/v1beta", "/v1beta/models", "/health")]
    [InlineData("http://h:1/llm", "/llm/v1/models", "/llm/health")]
    [InlineData("http://h:1/vicuna", "/vicuna/v1/models", "/vicuna/health")]
    public void Of_AnAddress_KnowsItsRoutes(string address, string models, string health)
    {
        ServerAddress of = ServerAddress.Of(new Uri(address));
        Assert.Equal((models, health), (of.OpenAi("/models"), of.Own("/health")));
        Assert.Equal("http://h:1" + models, of.UrlOf(models).ToString());
    }

    /// <summary>The base of the routes without a version in its name.</summary>
    [Fact]
    public async Task Connect_ModelsDirectlyUnderTheAddress_AreItsRoutes()
    {
        var asked = new List<string>();
        await using RawServer raw = Serving(
            asked, ("GET /engines/models", """{"data":[{"id":"m"}]}"""), ("POST /engines/completions", Completion));
        using ICompletionClient server = await ConnectAsync(raw, "engines");
        Assert.Equal(("m", "/engines/completions"), (server.Info.Model, server.Info.Path));
        Assert.Equal("a", (await server.CompleteAsync(Request, null, CancellationToken.None)).Text);
    }

    /// <summary>A reverse proxy gives llama-server a path of its own.</summary>
    [Fact]
    public async Task Connect_PathBeforeNativeRoutes_IsKept()
    {
        var asked = new List<string>();
        await using RawServer raw = Serving(
            asked, ("GET /llm/v1/models", """{"data":[{"id":"m","owned_by":"llamacpp"}]}"""),
            ("GET /llm/props", """{"total_slots":4}"""), ("POST /llm/tokenize", """{"tokens":[3]}"""),
            ("POST /llm/completion", """{"content":"a","tokens":[1],"stop":true}"""));
        using ICompletionClient server = await ConnectAsync(raw, "llm");
        Assert.Equal((ServerRoute.Native, 4), (server.Info.Route, server.Info.Slots));
        Assert.Equal([3], (await server.TokenizeAsync("x", CancellationToken.None))!);
        Assert.Equal("a", (await server.CompleteAsync(Request, null, CancellationToken.None)).Text);
    }

    [Theory]
    [InlineData("""{"data":[{"id":"embed"},{"id":"chat"}]}""", "chat", "chat")]
    [InlineData("""{"data":[{"id":"only"}]}""", null, "only")]
    [InlineData("""{"data":[{"id":"a","status":{"value":"unloaded"}},{"id":"b","status":{"value":"loaded"}}]}""", null, "b")]
    [InlineData("""{"data":[{"id":"a","state":"not-loaded"},{"id":"b","state":"loaded"}]}""", null, "b")]
    [InlineData("""{"data":[{"id":"name","root":"path"},{"id":"alias","root":"path"}]}""", null, "name")]
    public async Task Connect_SeveralModels_AsksForTheOneMeant(string models, string? named, string expected)
    {
        var asked = new List<string>();
        await using RawServer raw = Serving(asked, ("GET /v1/models", models), ("POST /v1/completions", Completion));
        using ICompletionClient server = await ConnectAsync(raw, model: named);
        await server.CompleteAsync(Request, null, CancellationToken.None);
        Assert.Equal(expected, server.Info.Model);
        Assert.Contains($"\"model\":\"{expected}\"", asked[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"data":[{"id":"embed"},{"id":"chat"}]}""", null, "name the one to judge with --served-model")]
    [InlineData("""{"data":[{"id":"embed"},{"id":"chat"}]}""", "cat", "use one of embed, chat")]
    [InlineData(
        """{"data":[{"id":"a","status":{"value":"loaded"}},{"id":"b","status":{"value":"loaded"}}]}""", null, "2 models: a, b")]
    public async Task Connect_NotClearWhichModel_ListsThem(string models, string? named, string message)
    {
        await using RawServer raw = Serving([], ("GET /v1/models", models), ("POST /v1/completions", Completion));
        InputException e = await Assert.ThrowsAsync<InputException>(() => ConnectAsync(raw, model: named));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_OllamaAlone_IsAskedOnItsOwnRouteForTheLoadedModel()
    {
        var asked = new List<string>();
        await using RawServer raw = Serving(
            asked, ("GET /api/tags", """{"models":[{"name":"big:latest"},{"name":"tiny:latest"}]}"""),
            ("GET /api/ps", """{"models":[{"name":"tiny:latest"}]}"""),
            ("POST /api/generate", """{"response":"a","done":true}"""));
        using ICompletionClient server = await ConnectAsync(raw);
        Assert.Equal(
            (ServerFlavour.Ollama, ServerRoute.Generate, "tiny:latest"),
            (server.Info.Flavour, server.Info.Route, server.Info.Model));
        Assert.Equal("a", (await server.CompleteAsync(Request, null, CancellationToken.None)).Text);
    }

    [Fact]
    public async Task Connect_ChatAlone_IsSpoken()
    {
        await using RawServer raw = Serving(
            [], ("POST /v1/chat/completions", """{"choices":[{"message":{"content":"a"},"finish_reason":"length"}]}"""));
        using ICompletionClient server = await ConnectAsync(raw);
        Assert.Equal(ServerRoute.Chat, server.Info.Route);
        Assert.Equal("a", (await server.CompleteAsync(Request, null, CancellationToken.None)).Text);
    }

    [Fact]
    public async Task Connect_NoRoute_SaysWhatIsNeeded()
    {
        await using RawServer raw = Serving([], ("GET /v1/models", """{"data":[{"id":"m"}]}"""));
        InputException e = await Assert.ThrowsAsync<InputException>(() => ConnectAsync(raw));
        Assert.Contains("this server has no /v1/completions and no /v1/chat/completions", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
