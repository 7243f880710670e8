using System.Diagnostics;
using System.Text;
using Gdn.Harness.Clients;
using Gdn.Reference;

namespace Gdn.Harness.Traffic;

/// <summary>Plays a round against a server: all its clients.</summary>
/// <remarks>
/// <para>Ensures: requests are sent and clients leave at the events that the round names; requests due at once go together.</para>
/// <para>
/// Not verified: answers, which are the judge's subject; that the server has them in one batch, of which <see
/// cref="LiveTranscript.Overlap"/> is the best sign that a client can see; how fast anything is.
/// </para>
/// </remarks>
internal sealed class RoundPlayer
{
    private sealed class Client(LiveRequest request, CancellationTokenSource away)
    {
        public LiveRequest Request => request;

        // Cancelled when the client leaves.
        public CancellationTokenSource Away => away;

        public List<ServedToken> Tokens { get; } = [];

        public StringBuilder Text { get; } = new();

        public bool Started { get; set; }

        public int? Slot { get; set; }

        public bool Left { get; set; }

        public bool Ended { get; set; }

        public TimeSpan Sent { get; set; }

        public TimeSpan? First { get; set; }

        public TimeSpan? Last { get; set; }

        public List<TimeSpan> Arrivals { get; } = [];
    }

    private readonly Lock _gate = new();
    private readonly ICompletionClient _server;
    private readonly string _name;
    private readonly int _candidates;
    private readonly Client[] _clients;
    private readonly LiveTranscript?[] _transcripts;

    private readonly bool _takesSlots;

    // Among how many slots the requests are spread; null to leave it to the server.
    private readonly int? _pinned;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private Exception? _failure;

    private RoundPlayer(ICompletionClient server, LiveRound round, CancellationToken cancellation)
    {
        _server = server;
        _name = $"{round.Scenario.Name()} np {round.Slots}";
        _candidates = round.Candidates ?? CompletionRequest.UsualCandidates;
        _clients = [.. round.Requests.Select(
            request => new Client(request, CancellationTokenSource.CreateLinkedTokenSource(cancellation)))];
        _transcripts = new LiveTranscript?[_clients.Length];
        _takesSlots = server.Info.TakesSlots;
        // A server with more slots than np then uses only np of them.
        _pinned = _takesSlots && server.Info.Slots > round.Slots ? round.Slots : null;
    }

    /// <summary>Plays the round to its end.</summary>
    /// <returns>One transcript for each request.</returns>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    public static async Task<IReadOnlyList<LiveTranscript>> PlayAsync(
        ICompletionClient server, LiveRound round, CancellationToken cancellation)
    {
        var player = new RoundPlayer(server, round, cancellation);
        player.Advance();
        await player._done.Task;
        foreach (Client client in player._clients) client.Away.Dispose();
        cancellation.ThrowIfCancellationRequested();
        return player._failure is null ? [.. player._transcripts.Select(transcript => transcript!)] : throw player._failure;
    }

    // Starts and ends whatever is due. Called after every event.
    private void Advance()
    {
        var starting = new List<int>();
        var leaving = new List<Client>();
        bool done;
        lock (_gate)
        {
            for (int i = 0; i < _clients.Length; i++)
            {
                Client client = _clients[i];
                if (!client.Started && (_failure is not null || client.Request.Start is not { } start || Holds(start)))
                {
                    client.Started = true;
                    client.Slot = SlotFor(i);
                    starting.Add(i);
                }

                if (client.Started && !client.Left && client.Request.Abort is { } abort && Holds(abort))
                {
                    client.Left = true;
                    leaving.Add(client);
                }
            }

            done = starting.Count == 0 && _clients.All(client => client.Ended);
        }

        foreach (Client client in leaving) client.Away.Cancel();
        // All are sent before the first answer is waited for.
        foreach (int i in starting) _ = AskAsync(i);
        if (done) _done.TrySetResult();
    }

    // The one that it names; else a free one if there is one; else the request waits for a slot, as it would if the server chose.
    private int? SlotFor(int request)
    {
        if (_takesSlots && _clients[request].Request.Slot is { } named) return named;
        if (_pinned is not { } slots) return null;
        for (int slot = 0; slot < slots; slot++)
            if (!_clients.Any(client => client is { Started: true, Ended: false } && client.Slot == slot)) return slot;
        return request % slots;
    }

    private bool Holds(Trigger trigger) => trigger switch
    {
        TokensArrived(var request, var count) => _clients[request].Ended || _clients[request].Tokens.Count >= count,
        RequestEnded(var request) => _clients[request].Ended,
        RequestsEnded(var count) => _clients.Count(client => client.Ended) >= count,
        _ => throw new InvalidOperationException($"Unknown trigger {trigger}."),
    };

    private async Task AskAsync(int index)
    {
        Client client = _clients[index];
        RequestEnd end = RequestEnd.Failed;
        string? failure = null;
        BadAnswerException? fault = null;
        Completion? answer = null;
        try
        {
            client.Sent = _watch.Elapsed;
            if (_failure is not null) throw new OperationCanceledException();
            LiveRequest request = client.Request;
            if (request.RestoresSlotOf is { } saved) await SlotAsync(SlotAction.Restore, client, saved);
            client.Sent = _watch.Elapsed;
            answer = await _server.CompleteAsync(
                new CompletionRequest(
                    request.Prompt, request.MaxTokens, request.Cache, client.Slot, Candidates: _candidates,
                    Purpose: $"{_name}, request {index}"),
                part => Received(client, part), client.Away.Token);
            if (request.SavesSlot) await SlotAsync(SlotAction.Save, client, index);
            end = RequestEnd.Answered;
        }
        catch (OperationCanceledException)
        {
            end = client.Left ? RequestEnd.Aborted : RequestEnd.Failed;
            failure = client.Left ? null : "the round was abandoned";
        }
        catch (BadAnswerException e)
        {
            failure = e.Message;
            fault = e;
        }
        catch (Exception e)
        {
            GiveUp(e);
        }

        lock (_gate)
        {
            answer ??= TextPieces.Settle(
                new Completion([.. client.Tokens], client.Text.ToString(), null, default), isWhole: false);
            _transcripts[index] = new LiveTranscript(
                index, end, answer, failure, client.Sent, client.First, client.Last)
            {
                Slot = client.Slot,
                Fault = fault,
                Arrivals = [.. client.Arrivals],
            };
            client.Ended = true;
        }

        Advance();
    }

    // Files are named after the request that saves them, so that rounds write over each other's.
    private Task SlotAsync(SlotAction action, Client client, int saved) => client.Slot is { } slot
        ? _server.SlotAsync(action, slot, $"gdn-harness-{saved}.slot", client.Away.Token)
        : throw new BadAnswerException("slot files", "the server's slots cannot be named");

    private void Received(Client client, CompletionPart part)
    {
        lock (_gate)
        {
            client.Tokens.AddRange(part.Tokens);
            client.Text.Append(part.Text);
            client.Last = _watch.Elapsed;
            client.First ??= client.Last;
            client.Arrivals.AddRange(part.Tokens.Select(_ => client.Last.Value));
        }

        Advance();
    }

    private void GiveUp(Exception failure)
    {
        lock (_gate) _failure ??= failure;
        foreach (Client client in _clients) client.Away.Cancel();
    }
}
