using System.Text;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>Puts an answer together from its parts, and stops a server that does not stop.</summary>
/// <param name="request">The request.</param>
/// <param name="source">Where the answer comes from.</param>
/// <param name="received">Called with each part.</param>
internal sealed class AnswerCollector(CompletionRequest request, ServerAnswer source, Action<CompletionPart>? received)
{
    // A last draft may be handed out whole.
    private const int Surplus = 64;

    private readonly List<ServedToken> _tokens = [];
    private readonly StringBuilder _text = new();
    private readonly RoundCounter _rounds = new();

    /// <summary>The slot that answers.</summary>
    public int? Slot { get; set; }

    /// <summary>What the server counted.</summary>
    public CompletionCounters Counters { get; set; }

    /// <summary>Adds a part.</summary>
    /// <exception cref="BadAnswerException">That is more than was requested.</exception>
    public void Add(IReadOnlyList<ServedToken> tokens, string text)
    {
        if (tokens.Count == 0 && text.Length == 0) return;
        _tokens.AddRange(tokens);
        _text.Append(text);
        if (_tokens.Count > request.MaxTokens + Surplus)
            throw new BadAnswerException(source.Reader.Where, $"more than the {request.MaxTokens} requested tokens");
        received?.Invoke(new CompletionPart(tokens, text));
    }

    /// <summary>Notes the drafts so far that come with a part, of requests that ask for them.</summary>
    /// <param name="part">The part.</param>
    /// <param name="tokens">Its tokens.</param>
    public void CountDrafts(AnswerJson part, int tokens)
    {
        if (!request.TellsRounds || part["timings"] is null) return;
        CompletionCounters counters = SharedRoutes.Counters(part);
        _rounds.Add(tokens, counters.Drafted ?? 0, counters.Accepted ?? 0);
    }

    /// <summary>The answer, cut to the requested length.</summary>
    public Completion Finish() => TextPieces.Settle(
        new Completion(
            _tokens.Count > request.MaxTokens ? _tokens.GetRange(0, request.MaxTokens) : _tokens, _text.ToString(), Slot,
            Counters)
        {
            RefusedWith = source.RefusedWith,
            Rounds = _rounds.Rounds,
        },
        isWhole: true);
}
