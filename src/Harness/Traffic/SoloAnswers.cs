using System.Globalization;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;

namespace Gdn.Harness.Traffic;

/// <summary>
/// What a server answers to a prompt while it has no other request, and without its cache. Always on the same slot, where
/// it can be chosen, so that slots are not mixed up even by a server that would.
/// </summary>
/// <remarks>
/// These answers are what batched ones are compared with. Verified of them: that they are greedy, as far as log-probabilities
/// show it. Not verified: that they are right.
/// </remarks>
internal sealed class SoloAnswers(ICompletionClient server) : IExpectedSide
{
    // Cuts at which an answer is requested again with its beginning in the prompt.
    private const int Cuts = 3;

    // Answers before another that may still show in its slot's state.
    private const int Remembered = 6;

    // Tokens of answers that are remembered: some tens of megabytes.
    private const int TokensMax = 1 << 16;

    // A draft is that long at most: what lacks more has been ended by the server.
    private const int ShortMax = 4;

    // Once may be a fault of its own.
    private const int ShortOften = 2;

    /// <summary>How many candidates an answer is asked for, as in the rounds that it is compared with; null for the usual number.</summary>
    public int? Candidates { get; init; }

    /// <summary>
    /// The same where an answer is continued: how wide the gap between two tokens is can be asked even of answers that were
    /// given without log-probabilities.
    /// </summary>
    public int? CandidatesToContinue { get; init; }

    /// <summary>Whether the server goes on from a given beginning of an answer.</summary>
    public bool CanContinue => server.Info.ContinuesAnswers;

    private readonly Dictionary<string, (int Asked, Completion Answer)> _known = [];
    private readonly int[] _short = new int[ShortMax + 1];
    private readonly Dictionary<string, (Prompt Prompt, Completion Answer)[]> _before = [];
    private readonly Queue<(Prompt Prompt, Completion Answer)> _last = [];
    private int _tokens;

    /// <summary>Tokens answered so far.</summary>
    public long TokensAnswered { get; private set; }

    /// <summary>Tokens that its answers lack at their end, alone too, more than once: some servers lose them with drafts.</summary>
    public int TokensShort => Array.FindLastIndex(_short, times => times >= ShortOften) is > 0 and var tokens ? tokens : 0;

    /// <summary>Tokens that a request may have, prompt and answer; null where the server does not report it.</summary>
    public int? Context => server.Info.ContextPerSlot;

    /// <summary>The answer, requested once per prompt as long as it is remembered.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="count">The number of tokens wanted; the server may end before.</param>
    public async Task<Completion> AnswerAsync(Prompt prompt, int count, CancellationToken cancellation)
    {
        // A longer answer can be cut if its tokens are known, but not if it is mere text.
        if (_known.TryGetValue(prompt.Key, out (int Asked, Completion Answer) known)
            && (known.Asked == count || (known.Answer.Tokens.Count >= count && !TextPieces.IsText(known.Answer.Tokens))))
            return known.Answer;
        _before[prompt.Key] = [.. _last];
        Completion answer = await AgainAsync(prompt, count, cancellation);
        if ((_tokens += answer.Tokens.Count) > TokensMax)
        {
            _known.Clear();
            _before.Clear();
            _tokens = answer.Tokens.Count;
        }

        _known[prompt.Key] = (count, answer);
        return answer;
    }

    /// <summary>The answer, requested anew.</summary>
    public async Task<Completion> AgainAsync(Prompt prompt, int count, CancellationToken cancellation)
    {
        Completion answer = await AskAsync(prompt, count, Candidates, cancellation);
        int lacks = count - answer.Tokens.Count;
        // Words are fewer than tokens.
        if (lacks is > 0 and <= ShortMax && !TextPieces.IsText(answer.Tokens)) _short[lacks]++;
        return answer;
    }

    /// <summary>The lone answers before that to a prompt, the last of which left its state in the slot.</summary>
    public IReadOnlyList<(Prompt Prompt, Completion Answer)> Before(Prompt prompt) => _before.GetValueOrDefault(prompt.Key, []);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ServedToken>?> ContinueAsync(
        Prompt prompt, IReadOnlyList<ServedToken> beginning, int count, CancellationToken cancellation) =>
        CanContinue && prompt.Then(beginning) is { } forced
            // Where it is cut may be within a word.
            ? TextPieces.Settle(await AskAsync(forced, count, CandidatesToContinue, cancellation), isWhole: false).Tokens
            : null;

    private async Task<Completion> AskAsync(Prompt prompt, int count, int? candidates, CancellationToken cancellation)
    {
        Completion answer = await server.CompleteAsync(
            new CompletionRequest(
                prompt, count, Slot: server.Info.TakesSlots ? 0 : null,
                Candidates: candidates ?? CompletionRequest.UsualCandidates, Purpose: "solo"),
            null, cancellation);
        TokensAnswered += answer.Tokens.Count;
        _last.Enqueue((prompt, answer));
        if (_last.Count > Remembered) _last.Dequeue();
        return answer;
    }

    /// <summary>
    /// Measures the noise: answers requested twice, with others in between, and answers whose beginning is moved into the
    /// prompt, so that the same tokens are computed in other batches.
    /// </summary>
    public async Task<NoiseFloor> MeasureNoiseAsync(
        IReadOnlyList<Prompt> prompts, int count, CancellationToken cancellation)
    {
        var pairs = new List<(IReadOnlyList<ServedToken>, IReadOnlyList<ServedToken>)>();
        var first = new List<Completion>();
        foreach (Prompt prompt in prompts) first.Add(await AnswerAsync(prompt, count, cancellation));
        foreach (ServedToken token in first.SelectMany(answer => answer.Tokens)) RequireGreedy(token);
        for (int i = 0; i < prompts.Count; i++)
            pairs.AddRange(await RecomputedAsync(prompts[i], first[i].Tokens, cancellation));
        return NoiseFloor.Of(pairs);
    }

    /// <summary>An answer, and the same tokens computed again: the whole once more, and its ends with its beginnings in the prompt.</summary>
    public async Task<List<(IReadOnlyList<ServedToken> One, IReadOnlyList<ServedToken> Other)>> RecomputedAsync(
        Prompt prompt, IReadOnlyList<ServedToken> answer, CancellationToken cancellation)
    {
        if (answer.Count == 0) return [];
        var pairs = new List<(IReadOnlyList<ServedToken>, IReadOnlyList<ServedToken>)>
        {
            (answer, (await AgainAsync(prompt, answer.Count, cancellation)).Tokens),
        };
        for (int cut = 1; cut <= Cuts; cut++)
        {
            int beginning = answer.Count * cut / (Cuts + 1);
            if (await ContinueAsync(prompt, [.. answer.Take(beginning)], answer.Count - beginning, cancellation) is { } forced)
                pairs.Add(([.. answer.Skip(beginning)], forced));
        }

        return pairs;
    }

    // Sampled answers differ for a good reason.
    private static void RequireGreedy(ServedToken token)
    {
        if (token is { LogProbability: { } own, Candidates: [var best, ..] }
            && best.LogProbability - own > NoiseFloor.LargestMove)
            throw new BadAnswerException(
                "solo answers",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the server samples although temperature 0 was requested: {token.Name} at {own:F2} nats, ")
                + string.Create(CultureInfo.InvariantCulture, $"while the likeliest token has {best.LogProbability:F2}"));
    }
}
