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
/// <param name="folder">Where the file goes; one that another run has left there stays.</param>
internal sealed class RecordingClient(ICompletionClient server, string folder) : ICompletionClient
{
    private const string Name = "transcript", Extension = ".jsonl";

    private const int CandidatesShown = 5;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    // Without a buffer, a line is written whole or not at all.
    private readonly FileStream _output = OpenNew(folder);
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
                AskedDrafts = request.Drafts,
                completion?.Rounds,
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

    public Task<IReadOnlyList<int>?> TokensOfAsync(Prompt prompt, CancellationToken cancellation) =>
        server.TokensOfAsync(prompt, cancellation);

    public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) => server.SpeculationAsync(cancellation);

    public Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation) =>
        server.SlotAsync(action, slot, file, cancellation);

    public void Dispose()
    {
        server.Dispose();
        Unwritten ??= OutputPath.Write(_output.Name, _output.Dispose);
    }

    private double Milliseconds() => Math.Round(_watch.Elapsed.TotalMilliseconds, 3);

    private void Write(object line)
    {
        byte[] json = [.. JsonSerializer.SerializeToUtf8Bytes(line, Options), (byte)'\n'];
        lock (_gate) Unwritten ??= OutputPath.Write(_output.Name, () => _output.Write(json));
    }

    private static FileStream OpenNew(string folder)
    {
        for (int n = 1; ; n++)
        {
            string path = Path.Combine(folder, n == 1 ? Name + Extension : $"{Name}-{n}{Extension}");
            try
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another run's.
            }
        }
    }
}
