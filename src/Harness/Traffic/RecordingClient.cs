using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>
/// Records every request and its result, one JSON object per line. Lines are written as requests end, so that a
/// run that is killed leaves what it had.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="output">Receives the lines; closed with this.</param>
internal sealed class RecordingClient(ICompletionClient server, TextWriter output) : ICompletionClient
{
    private const int CandidatesShown = 5;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public ServerInfo Info => server.Info;

    public async Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation)
    {
        double sent = Milliseconds();
        double? first = null;
        Completion? completion = null;
        string? failure = null;
        try
        {
            return completion = await server.CompleteAsync(
                request,
                part =>
                {
                    first ??= Milliseconds();
                    received?.Invoke(part);
                },
                cancellation);
        }
        catch (Exception e)
        {
            failure = e is OperationCanceledException ? "the client left" : e.Message;
            throw;
        }
        finally
        {
            Write(new
            {
                request.Purpose,
                SentMs = sent,
                FirstMs = first,
                EndMs = Milliseconds(),
                request.Prompt,
                request.MaxTokens,
                request.Cache,
                AskedSlot = request.Slot,
                completion?.Slot,
                completion?.Counters,
                completion?.Text,
                Tokens = completion?.Tokens.Select(token => new
                {
                    token.Id,
                    token.Text,
                    token.LogProbability,
                    Candidates = token.Candidates.Take(CandidatesShown),
                }),
                failure,
            });
        }
    }

    public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
        server.TokenizeAsync(text, cancellation);

    public Task<long?> DraftedAsync(CancellationToken cancellation) => server.DraftedAsync(cancellation);

    public void Dispose()
    {
        server.Dispose();
        output.Dispose();
    }

    private double Milliseconds() => Math.Round(_watch.Elapsed.TotalMilliseconds, 3);

    private void Write(object line)
    {
        string json = JsonSerializer.Serialize(line, Options);
        lock (_gate) output.WriteLine(json);
    }
}
