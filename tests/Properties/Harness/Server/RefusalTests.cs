using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gdn.Harness.Server;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Requests that cannot be answered: each is refused with a status and a message that names the field.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private Running _server = null!;

    public async ValueTask InitializeAsync() => _server = await Running.Start(new ServeOptions(1) { ContextTokens = 32 });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/completion", "", "not JSON")]
    [InlineData("/completion", "{", "not JSON")]
    [InlineData("/completion", "[1]", "not a JSON object")]
    [InlineData("/completion", "\u00ff", "not JSON")]
    [InlineData("/completion", "{}", "'prompt': it is missing")]
    [InlineData("/completion", "{\"prompt\":null}", "'prompt': it is missing")]
    [InlineData("/completion", "{\"prompt\":5}", "'prompt': 5 is neither")]
    [InlineData("/completion", "{\"prompt\":[256]}", "'prompt': 256 is not a token id from 0 to 255")]
    [InlineData("/completion", "{\"prompt\":[-1]}", "'prompt': -1 is not a token id")]
    [InlineData("/completion", "{\"prompt\":[1.5]}", "'prompt': 1.5 is not a token id")]
    [InlineData("/completion", "{\"prompt\":[1e30]}", "'prompt': 1e30 is not a token id")]
    [InlineData("/completion", "{\"prompt\":[1,null]}", "'prompt': null is not a token id")]
    [InlineData("/completion", "{\"prompt\":[\"a\",\"b\"]}", "'prompt': one prompt per request")]
    [InlineData("/completion", "{\"prompt\":[[1],[2]]}", "'prompt': one prompt per request")]
    [InlineData("/completion", "{\"prompt\":\"\u00e9\"}", "'prompt': its vocabulary has no token")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"n_predict\":\"x\"}", "'n_predict': \"x\" is not a whole number")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"n_predict\":-2}", "'n_predict': -2 is not a whole number")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"n_probs\":-1}", "'n_probs': -1 is not a whole number")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"temperature\":-1}", "'temperature': -1 is not a number of at least 0")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"temperature\":1e999}", "'temperature'")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"seed\":1.5}", "'seed': 1.5 is not a whole number")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"stream\":1}", "'stream': 1 is neither true nor false")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"ignore_eos\":\"yes\"}", "'ignore_eos'")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"cache_prompt\":0}", "'cache_prompt'")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"id_slot\":-2}", "'id_slot'")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"stop\":[\"\"]}", "'stop'")]
    [InlineData("/completion", "{\"prompt\":\"a\",\"stop\":{}}", "'stop'")]
    [InlineData("/v1/completions", "{\"prompt\":\"a\",\"n\":2}", "'n': 2 is not a whole number")]
    [InlineData("/v1/completions", "{\"prompt\":\"a\",\"echo\":true}", "'echo'")]
    [InlineData("/v1/completions", "{\"prompt\":\"a\",\"logprobs\":true}", "'logprobs': true is not a whole number")]
    [InlineData("/v1/completions", "{\"prompt\":\"a\",\"stream_options\":1}", "'stream_options'")]
    [InlineData("/v1/chat/completions", "{}", "'messages': it is missing")]
    [InlineData("/v1/chat/completions", "{\"messages\":[]}", "'messages': [] is not an array of messages")]
    [InlineData("/v1/chat/completions", "{\"messages\":[5]}", "'messages': 5 is no message")]
    [InlineData("/v1/chat/completions", "{\"messages\":[{\"content\":5}]}", "'messages': 5 is not a text")]
    [InlineData("/v1/chat/completions", "{\"messages\":[{\"content\":[1]}]}", "'messages': 1 is not a part with a text")]
    [InlineData(
        "/v1/chat/completions", "{\"messages\":[{\"content\":\"a\"}],\"logprobs\":1}", "'logprobs': 1 is neither true nor false")]
    [InlineData(
        "/v1/chat/completions", "{\"messages\":[{\"content\":\"a\"}],\"top_logprobs\":3}", "'top_logprobs': it needs logprobs")]
    [InlineData("/tokenize", "{\"content\":5}", "'content': 5 is not a string")]
    [InlineData("/tokenize", "{}", "'content': it is missing")]
    [InlineData("/detokenize", "{\"tokens\":\"a\"}", "'tokens'")]
    [InlineData("/detokenize", "{\"tokens\":[999]}", "'tokens': 999 is not a token id")]
    public async Task Post_WhatCannotBeUsed_SaysWhat(string path, string body, string message)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body.Replace("\u00e9", "\u00c3\u00a9", StringComparison.Ordinal)));
        Running.Reply reply = await _server.Post(path, content);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains(message, reply.Error, StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", reply.Body.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(400, reply.Body.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Prompt_LongerThanTheContext_SaysBothLengths()
    {
        Running.Reply reply = await _server.Post("/completion", Completions.Greedy(Completions.Prompt(1, 32), 1));

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        var error = reply.Body.GetProperty("error");
        Assert.Equal("exceed_context_size_error", error.GetProperty("type").GetString());
        Assert.Equal((32, 32), (error.GetProperty("n_prompt_tokens").GetInt32(), error.GetProperty("n_ctx").GetInt32()));
    }

    [Theory]
    [InlineData("{\"prompt\":\"a\\ud800\"}")]
    [InlineData("{\"prompt\":\"\\udc00a\"}")]
    [InlineData("{\"a\\ud83d\":1,\"prompt\":\"a\"}")]
    [InlineData("{\"prompt\":\"a\",\"stop\":[\"\\ud800\"]}")]
    [InlineData("{\"prompt\":\"a\u00ff\"}")]
    [InlineData("{\"prompt\":\"a\u00c3\"}")]
    [InlineData("{\"prompt\":\"\u00ed\u00a0\u0080\"}")]
    public async Task Post_NotUnicode_IsRefused(string body)
    {
        foreach (string path in (string[])["/completion", "/v1/chat/completions", "/tokenize"])
        {
            using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            Running.Reply reply = await _server.Post(path, content);
            Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
            Assert.Contains("not Unicode", reply.Error, StringComparison.Ordinal);
        }
    }

    // What a page in a browser can send without being allowed to.
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Post_OtherContent_IsRefused(string type)
    {
        using var content = new StringContent("{\"prompt\":\"a\"}", Encoding.UTF8, type);
        Running.Reply reply = await _server.Post("/completion", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.Status);
        Assert.Contains("send application/json", reply.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Host", "localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Host", "192.168.1.1:80", HttpStatusCode.Forbidden)]
    [InlineData("Host", "LOCALHOST:1", HttpStatusCode.OK)]
    [InlineData("Host", "127.0.0.1:80", HttpStatusCode.OK)]
    [InlineData("Host", "[::1]:80", HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:8080", HttpStatusCode.OK)]
    public async Task Page_OfAnotherSite_IsRefused(string header, string value, HttpStatusCode expected)
    {
        _server.Client.DefaultRequestHeaders.Add(header, value);
        Assert.Equal(expected, (await _server.Get("/props")).Status);
        Assert.Equal(expected, (await _server.Get("/health")).Status);
    }

    [Fact]
    public async Task Page_OfAnotherSite_WithTheKey_IsLetIn()
    {
        await using Running server = await Running.Start(new ServeOptions(1) { ApiKey = "secret" });
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        server.Client.DefaultRequestHeaders.Host = "gpu7.example";
        Assert.Equal(HttpStatusCode.OK, (await server.Get("/props")).Status);
    }

    [Fact]
    public async Task Body_Huge_IsRefused()
    {
        using var content = new ByteArrayContent(new byte[(1 << 20) + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _server.Post("/completion", content)).Status);
    }

    [Fact]
    public async Task Path_Unknown_IsNotFound()
    {
        Running.Reply reply = await _server.Get("/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Contains("/nowhere", reply.Error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _server.Get("/completion")).Status);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("secret", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer secret", HttpStatusCode.OK)]
    public async Task ApiKey_IsAskedFor(string? header, HttpStatusCode expected)
    {
        await using Running server = await Running.Start(new ServeOptions(1) { ApiKey = "secret" });
        if (header is not null) server.Client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(header);

        Assert.Equal(expected, (await server.Get("/props")).Status);
        Assert.Equal(expected, (await server.Post("/completion", Completions.Greedy([1], 1))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Get("/health")).Status);
    }
}
