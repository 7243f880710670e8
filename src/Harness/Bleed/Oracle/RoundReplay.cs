using Gdn.Harness.Clients;
using Gdn.Harness.Server;
using Gdn.Harness.Server.Caching;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Traffic;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Puts a played round through an engine, pass by pass, as a server with continuous batching does: running answers first, then
/// as much of prompts as a pass takes. The tokens are those that the server has answered, whatever the engine says.
/// </summary>
/// <remarks>
/// The passes are not known from outside: a request is taken in so that its first token comes when others have as many tokens as
/// they had then; slots are those that the server reports. Drafts are not played.
/// </remarks>
/// <param name="engine">The engine, new.</param>
/// <param name="slots">Sequences that it can hold.</param>
/// <param name="passTokens">Tokens of a pass.</param>
/// <param name="shift">Passes by which requests are taken in earlier than their first tokens show.</param>
internal sealed class RoundReplay(IModelEngine engine, int slots, int passTokens, int shift)
{
    private const int Checkpoints = 16;

    private sealed class Request(LiveRequest asked, ForcedAnswer answer, int? slot, FirstToken? start)
    {
        private readonly int[] _fed = answer.Fed;

        public LiveRequest Asked => asked;

        public ForcedAnswer Answer => answer;

        public int? Wanted => slot;

        public FirstToken? Start => start;

        public GenerationRequest Generation { get; } = new([.. answer.Prompt]) { UseCache = asked.Cache };

        public ForcedPosition?[] Positions { get; } = new ForcedPosition?[answer.Tokens.Count];

        public int Slot { get; set; } = -1;

        public int Fed { get; set; }

        public bool HasEnded { get; set; }

        public bool Runs => Slot >= 0 && !HasEnded;

        public int Emitted => Math.Max(Fed - answer.Prompt.Count + 1, 0);

        public bool IsPrefilling => Fed < answer.Prompt.Count;

        public bool IsDone => Fed == _fed.Length;

        public ReadOnlySpan<int> Tokens => _fed;
    }

    private readonly PromptCache _cache = new(engine, new StateHandling(), engine.Info.Capabilities.Snapshots ? Checkpoints * slots : 0);
    private readonly int[][] _held = [.. Enumerable.Repeat<int[]>([], slots)];
    private readonly long[] _used = new long[slots];
    private float[] _logits = [];
    private long _passes;

    /// <summary>Plays one request on the first slot, as lone answers are requested.</summary>
    public ForcedPosition?[] PlayAlone(ForcedAnswer answer, CancellationToken cancellation)
    {
        var asked = new LiveRequest(new Prompt(answer.Prompt), answer.Tokens.Count);
        return Play([new Request(asked, answer, 0, null)], () => false, cancellation)[0];
    }

    /// <summary>Plays the round, until a request has been answered so many tokens.</summary>
    public ForcedPosition?[][] Play(PlayedRound played, int request, int tokens, CancellationToken cancellation)
    {
        Request[] requests =
        [
            .. played.Round.Requests.Select((asked, i) =>
                new Request(asked, played.Batched[i].Answer, played.Slots[i] ?? asked.Slot, played.Starts[i])),
        ];
        return Play(requests, () => requests[request].Emitted >= tokens, cancellation);
    }

    private ForcedPosition?[][] Play(Request[] requests, Func<bool> isEnough, CancellationToken cancellation)
    {
        while (requests.Any(request => !request.HasEnded) && !isEnough())
        {
            cancellation.ThrowIfCancellationRequested();
            Admit(requests);
            Pass([.. requests.Where(request => request.Runs)]);
            foreach (Request request in requests.Where(request => request.Runs && request.IsDone)) End(request);
        }

        return [.. requests.Select(request => request.Positions)];
    }

    // Its prompt is read in the pass that gives it its first token, or before it where that takes several.
    private bool IsDue(Request request, Request[] all)
    {
        if (request.Start is not { } start || start.Before.Any(other => !all[other].HasEnded)) return request.Start is null;
        int passes = (request.Answer.Prompt.Count + passTokens - 1) / passTokens;
        return start.Beside is not { } beside || all[beside].HasEnded || all[beside].Emitted + passes + shift >= start.Count;
    }

    private void Admit(Request[] requests)
    {
        foreach (Request request in requests.Where(request => request is { Slot: < 0, HasEnded: false }))
        {
            if (request.Answer.Tokens.Count == 0)
            {
                request.HasEnded = true;
                continue;
            }

            if (!IsDue(request, requests)) continue;
            int[] free = [.. Enumerable.Range(0, slots).Where(slot => !requests.Any(other => other.Runs && other.Slot == slot))];
            int chosen = request.Wanted is { } wanted && wanted < slots ? wanted : free.Length > 0 ? free.MinBy(slot => _used[slot]) : -1;
            if (!free.Contains(chosen)) continue;
            request.Slot = chosen;
            request.Fed = _cache.Prepare(chosen, _held[chosen], request.Generation);
            _used[chosen] = ++_passes;
        }
    }

    private void Pass(Request[] running)
    {
        int room = passTokens;
        var tokens = new List<BatchToken>();
        var parts = new List<(Request Request, int Count)>();
        foreach (Request request in running.Where(request => !request.IsPrefilling)) Add(request, 1);
        room -= tokens.Count;
        foreach (Request request in running.Where(request => request.IsPrefilling).OrderBy(request => request.Slot))
        {
            int prompt = request.Answer.Prompt.Count;
            int end = request.Asked.Cache ? CheckpointGrid.Next(request.Fed, prompt) : prompt;
            int count = Math.Min(end - request.Fed, room);
            if (count <= 0) break;
            Add(request, count);
            room -= count;
        }

        if (tokens.Count == 0) return;
        Decode(tokens, parts);
        bool mixed = parts.Any(part => part.Request.IsPrefilling) && parts.Any(part => !part.Request.IsPrefilling);
        foreach ((Request request, int count) in parts)
        {
            int before = request.Fed;
            request.Fed += count;
            _cache.Update(request.Slot, request.Tokens[..request.Fed], request.Generation, before, mixed);
        }

        void Add(Request request, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int at = request.Fed + i;
                tokens.Add(new BatchToken(
                    request.Tokens[at], request.Slot, engine.NextPosition(request.Slot) + i, at >= request.Answer.Prompt.Count - 1));
            }

            parts.Add((request, count));
        }
    }

    private void Decode(List<BatchToken> tokens, List<(Request Request, int Count)> parts)
    {
        var batch = new TokenBatch(tokens);
        int vocabulary = engine.Info.Vocabulary;
        if (_logits.Length < batch.OutputCount * vocabulary) _logits = new float[batch.OutputCount * vocabulary];
        engine.Decode(batch, _logits.AsSpan(0, batch.OutputCount * vocabulary));
        int row = 0;
        foreach ((Request request, int count) in parts)
        {
            int position = request.Fed + count - request.Answer.Prompt.Count;
            if (position < 0) continue;
            request.Positions[position] = ForcedPosition.Of(
                _logits.AsSpan(row++ * vocabulary, vocabulary), request.Answer.Tokens[position], _ => true);
        }
    }

    // Clients that have left have taken their slot's state with them.
    private void End(Request request)
    {
        request.HasEnded = true;
        if (request.Asked.Abort is not null && request.Answer.Tokens.Count < request.Asked.MaxTokens)
        {
            engine.Clear(request.Slot);
            _held[request.Slot] = [];
            return;
        }

        _held[request.Slot] = [.. request.Tokens[..request.Fed]];
    }
}
