using Gdn.Harness.Clients;
using Gdn.Harness.Server;
using Gdn.Harness.Server.Generation;
using Gdn.Harness.Server.Scheduling;
using Gdn.Harness.Traffic;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Puts a played round through an engine, pass by pass, as this tool's own server would (<see cref="SlotRunner"/>). The tokens are
/// those that the server has answered, whatever the engine says.
/// </summary>
/// <remarks>
/// The passes are not known from outside: a request is taken in so that its first token comes when others have as many tokens as
/// they had then; slots are those that the server reports.
/// </remarks>
internal sealed class RoundReplay
{
    private sealed class Request(int number, LiveRequest asked, ForcedAnswer answer, int? slot, FirstToken? start, int delay)
    {
        public int Number => number;

        public ForcedAnswer Answer => answer;

        public FirstToken? Start => start;

        // A client that has left has not got all tokens, and its slot's state went with it.
        public bool Left => asked.Abort is not null && answer.Tokens.Count < asked.MaxTokens;

        public GenerationRequest Generation => new([.. answer.Prompt])
        {
            UseCache = asked.Cache,
            Slot = slot,
            MaxTokens = answer.Tokens.Count + (Left ? delay : 0),
        };

        public ReplayedAnswer? Replayed { get; set; }

        public bool HasEnded { get; set; }

        public int Emitted => Math.Min(Replayed?.Count ?? 0, answer.Tokens.Count);

        public ForcedPosition?[] Positions => Replayed?.Positions ?? new ForcedPosition?[answer.Tokens.Count];
    }

    private readonly SlotRunner _runner;
    private readonly PassTiming _timing;

    /// <summary>Prepares it.</summary>
    /// <param name="engine">The engine, new.</param>
    /// <param name="slots">Sequences that it can hold.</param>
    /// <param name="drafts">Tokens that are drafted by looking them up; 0 for none.</param>
    /// <param name="timing">What is not known of the passes.</param>
    public RoundReplay(IModelEngine engine, int slots, int drafts, PassTiming timing)
    {
        _timing = timing;
        var options = new ServeOptions(slots)
        {
            UbatchTokens = timing.Tokens,
            DraftTokens = drafts,
            ContextTokens = int.MaxValue,
        };
        _runner = new SlotRunner(engine, options.Within(engine.Info.Capabilities), new StateHandling());
    }

    /// <summary>Plays one request alone; lone answers are requested of the first slot.</summary>
    public ForcedPosition?[] PlayAlone(ForcedAnswer answer, CancellationToken cancellation, int slot = 0)
    {
        var asked = new LiveRequest(new Prompt(answer.Prompt), answer.Tokens.Count);
        return Play([new Request(0, asked, answer, InRange(slot), null, 0)], () => false, cancellation)[0];
    }

    /// <summary>Plays the round, until a request has been answered so many tokens; null for the whole round.</summary>
    public ForcedPosition?[][] Play(PlayedRound played, int? request, int tokens, CancellationToken cancellation)
    {
        Request[] requests =
        [
            .. played.Round.Requests.Select((asked, i) => new Request(
                i, asked, played.Batched[i].Answer, InRange(played.Slots[i] ?? asked.Slot), played.Starts[i], _timing.Delay)),
        ];
        return Play(requests, () => request is { } one && requests[one].Emitted >= tokens, cancellation);
    }

    private int? InRange(int? slot) => slot < _runner.Slots.Count ? slot : null;

    private ForcedPosition?[][] Play(Request[] requests, Func<bool> isEnough, CancellationToken cancellation)
    {
        foreach (Request request in requests) request.HasEnded = request.Answer.Tokens.Count == 0;
        while (requests.Any(request => !request.HasEnded) && !isEnough())
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (Request request in requests.Where(request => request is { Replayed: null, HasEnded: false }))
                if (IsDue(request, requests)) Admit(request);
            foreach (IReadOnlyList<Piece> pass in _runner.Next()) _runner.Run(pass);
            foreach (Slot slot in _runner.Slots)
                if (slot.Answer is { Reason: not null } ended) End(slot, requests.Single(request => request.Replayed == ended));
        }

        return [.. requests.Select(request => request.Positions)];
    }

    // Its prompt is read in the pass that gives it its first token, or before it where that takes several.
    private bool IsDue(Request request, Request[] all)
    {
        if (request.Start is not { } start || start.Before.Any(other => !all[other].HasEnded)) return request.Start is null;
        int passes = (request.Answer.Prompt.Count + _timing.Tokens - 1) / _timing.Tokens;
        return start.Beside is not { } beside || all[beside].HasEnded
            || all[beside].Emitted + passes + _timing.ShiftOf(request.Number) >= start.Count;
    }

    private void Admit(Request request)
    {
        GenerationRequest wanted = request.Generation;
        if (_runner.FreeFor(wanted) is { } free)
            _runner.Start(free, wanted, cached => request.Replayed = new ReplayedAnswer(wanted, cached, request.Answer));
    }

    private void End(Slot slot, Request request)
    {
        request.HasEnded = true;
        if (request.Left) _runner.Forget(slot);
        else slot.Release();
    }
}
