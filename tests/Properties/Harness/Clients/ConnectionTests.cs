using System.Collections.Concurrent;
using System.Text;
using Gdn.Harness.Clients;
using Gdn.Harness.Clients.Dialects;
using Xunit;

namespace Gdn.Properties.Harness.Clients;

/// <summary>
/// Servers that close a connection which they promised to keep: both forks of llama-server do so after a streamed answer, and
/// every fiftieth request was lost on its way to them.
/// </summary>
public sealed class ConnectionTests
{
    private const string Answer = """{"content":"a","tokens":[1],"stop":true}""";

    private static Task<ICompletionClient> ConnectAsync(RawServer raw) => ClientDiscovery.ConnectAsync(
        new ClientOptions(raw.Address), ServerFlavour.LlamaCpp, CancellationToken.None);

    private static CompletionRequest Asking(int id) => new(new Prompt([id]), 1, Stream: false);

    private static bool IsPost(string line) => line.StartsWith("POST", StringComparison.Ordinal);

    [Fact]
    public async Task Requests_ConnectionsClosedAfterEachAnswer_AreAllAnswered()
    {
        await using var raw = new RawServer(async (line, _, output, cancellation) =>
            await output.WriteAsync(RawServer.BrokenPromise(IsPost(line) ? Answer : "{}"), cancellation));
        using ICompletionClient server = await ConnectAsync(raw);
        for (int i = 0; i < 50; i++)
            Assert.Equal("a", (await server.CompleteAsync(Asking(i), null, CancellationToken.None)).Text);
    }

    private const string DraftCounters = """
        # TYPE llamacpp:spec_decode_num_draft_tokens_total counter
        llamacpp:spec_decode_num_draft_tokens_total 7
        llamacpp:spec_decode_num_accepted_tokens_total 4
        llamacpp:spec_decode_num_drafts_total 3
        llamacpp:spec_decode_num_accepted_tokens_per_pos_total{position="0"} 3
        llamacpp:spec_decode_num_accepted_tokens_per_pos_total{position="1"} 1
        """;

    /// <summary>Requests at once, each of which loses its first connection after it was sent.</summary>
    [Fact]
    public async Task Requests_ConnectionEndsBeforeAnAnswer_AreSentAgain()
    {
        var seen = new ConcurrentDictionary<string, int>();
        await using var raw = new RawServer(async (line, body, output, cancellation) =>
        {
            if (seen.AddOrUpdate(line + body, 1, (_, count) => count + 1) == 1) return;
            string answer = line.Contains("/tokenize", StringComparison.Ordinal) ? """{"tokens":[1,2]}"""
                : line.Contains("/metrics", StringComparison.Ordinal) ? DraftCounters
                : IsPost(line) ? Answer : "{}";
            await output.WriteAsync(RawServer.Answer(answer), cancellation);
        });
        using ICompletionClient server = await ConnectAsync(raw);

        Completion[] completions = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => server.CompleteAsync(Asking(i), null, CancellationToken.None)));

        Assert.All(completions, completion => Assert.Equal("a", completion.Text));
        Assert.Equal([1, 2], (await server.TokenizeAsync("text", CancellationToken.None))!);
        SpeculationTotals drafts = (await server.SpeculationAsync(CancellationToken.None))!;
        Assert.Equal((3, 7, 4), (drafts.Rounds, drafts.Drafted, drafts.Accepted));
        Assert.Equal([3, 1], drafts.AcceptedByPlace);
        Assert.All(seen.Values, count => Assert.Equal(2, count));
    }

    [Fact]
    public async Task Requests_ConnectionAlwaysEnds_IsSaidOfALivingServer()
    {
        int posts = 0;
        await using var raw = new RawServer(async (line, _, output, cancellation) =>
        {
            if (IsPost(line)) posts++;
            else await output.WriteAsync(RawServer.Answer("{}"), cancellation);
        });
        using ICompletionClient server = await ConnectAsync(raw);
        BadAnswerException e = await Assert.ThrowsAsync<BadAnswerException>(
            () => server.CompleteAsync(Asking(1), null, CancellationToken.None));
        Assert.Contains("the connection was lost", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, posts);
    }

    /// <summary>An answer that breaks off is an answer: it is not asked for until it comes out well.</summary>
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")]
    public async Task Requests_AnswerBreaksOff_AreNotSentAgain(string beginning)
    {
        int posts = 0;
        await using var raw = new RawServer(async (line, _, output, cancellation) =>
        {
            if (IsPost(line)) posts++;
            await output.WriteAsync(IsPost(line) ? Encoding.UTF8.GetBytes(beginning) : RawServer.Answer("{}"), cancellation);
        });
        using ICompletionClient server = await ConnectAsync(raw);
        BadAnswerException e = await Assert.ThrowsAsync<BadAnswerException>(
            () => server.CompleteAsync(Asking(1), null, CancellationToken.None));
        Assert.Contains("the connection was lost", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, posts);
    }
}
