using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>
/// Records every request and its result, one JSON object per line. Lines are written as requests end, so that a
/// run that is killed leaves what it had. A file that cannot be written any more does not stop the run.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="path">The file; written anew.</param>
internal sealed class RecordingClient(ICompletionClient server, string path) : ICompletionClient
{
    private const int CandidatesShown = 5;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly StreamWriter _output = new(path) { AutoFlush = true };
    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public ServerInfo Info => server.Info;

    /// <summary>Why the file could not be written to its end, in one line; null if it could.</summary>
    public string? Unwritten { get; private set; }

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

    public Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation) =>
        server.SlotAsync(action, slot, file, cancellation);

    public void Dispose()
    {
        server.Dispose();
        Unwritten ??= OutputPath.Write(path, _output.Dispose);
    }

    private double Milliseconds() => Math.Round(_watch.Elapsed.TotalMilliseconds, 3);

    private void Write(object line)
    {
        string json = JsonSerializer.Serialize(line, Options);
        lock (_gate) Unwritten ??= OutputPath.Write(path, () => _output.WriteLine(json));
    }
}
