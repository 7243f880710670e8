using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Bleed;

/// <summary>Plays a round and judges every answer against the server's solo answer to the same prompt.</summary>
/// <remarks>
/// <para>
/// Verified: tokens, log-probabilities, text and length of every answer of the round; with speculation, and of solo answers,
/// also that the server reads them as it decoded them.
/// </para>
/// <para>
/// Not verified: solo answers themselves, apart from that; damage within the server's own noise; states that no later
/// request uses; refused and failed requests, which leave the round inconclusive; timing.
/// </para>
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="solo">Its solo answers.</param>
/// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
internal sealed class RoundRunner(ICompletionClient server, SoloAnswers solo, NoiseFloor noise)
{
    // Positions at which an answer is read again: damage stays, so not all need be.
    private const int ReadingStride = 4;

    private readonly Judge _judge = new(solo, noise);

    /// <summary>Runs it.</summary>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    public async Task<RoundResult> RunAsync(LiveRound round, CancellationToken cancellation)
    {
        try
        {
            var soloAnswers = new List<Completion>();
            foreach (LiveRequest request in round.Requests)
                soloAnswers.Add(Cut(await solo.AnswerAsync(request.Prompt, request.MaxTokens, cancellation), request.MaxTokens));
            long? draftedBefore = round.Scenario == Scenario.Speculation ? await server.DraftedAsync(cancellation) : null;
            IReadOnlyList<LiveTranscript> transcripts = await RoundPlayer.PlayAsync(server, round, cancellation);
            long? drafted = round.Scenario == Scenario.Speculation
                ? await server.DraftedAsync(cancellation) - draftedBefore
                : null;
            return await JudgeAsync(round, soloAnswers, transcripts, drafted, cancellation);
        }
        catch (BadAnswerException e)
        {
            return RoundResult.Failed(round, e.Message);
        }
    }

    private async Task<RoundResult> JudgeAsync(
        LiveRound round, List<Completion> soloAnswers, IReadOnlyList<LiveTranscript> transcripts, long? drafted,
        CancellationToken cancellation)
    {
        var victims = new List<Victim>();
        var undecided = new List<string>();
        int ties = 0, rows = 0;
        foreach (LiveTranscript transcript in transcripts.Where(t => t.End != RequestEnd.Failed))
        {
            int request = transcript.Request;
            (Judgement judgement, Attribution? from) =
                await JudgeAsync(round, request, soloAnswers, transcript, cancellation);
            rows += judgement.Rows;
            ties += judgement.Ties;
            if (judgement.Outcome == Outcome.Corrupt)
                victims.Add(new Victim(
                    request, transcript.Answer.Slot, judgement, from, soloAnswers[request], transcript.Answer));
            if (judgement.Outcome == Outcome.Undecided) undecided.Add($"request {request}: {judgement.Reason}");
        }

        return new RoundResult(
            round, Named(victims), undecided, ties, rows, transcripts.Sum(t => t.Answer.Tokens.Count),
            LiveTranscript.Overlap(transcripts), transcripts.FirstOrDefault(t => t.Failure is not null)?.Failure,
            Idle(round, transcripts, drafted));
    }

    private async Task<(Judgement, Attribution?)> JudgeAsync(
        LiveRound round, int request, List<Completion> soloAnswers, LiveTranscript transcript, CancellationToken cancellation)
    {
        LiveRequest asked = round.Requests[request];
        IReadOnlyList<ServedToken> expected = soloAnswers[request].Tokens, actual = transcript.Answer.Tokens;
        int wanted = transcript.End == RequestEnd.Aborted ? actual.Count : asked.MaxTokens;
        Judgement judgement = await _judge.JudgeAsync(asked.Prompt, expected, actual, wanted, cancellation);
        bool spoilt = judgement.Outcome == Outcome.Same && transcript.End == RequestEnd.Answered
            && HasOtherText(soloAnswers[request], transcript.Answer);
        if ((spoilt || judgement.Outcome is not Outcome.Same)
            && Attribution.ByCodeword(round, request, transcript.Answer.Text) is { } found
            && !soloAnswers[request].Text.Contains(round.Requests[found.Donor].Codeword!, StringComparison.Ordinal))
        {
            string reason = $"the answer contains the codeword of request {found.Donor}";
            return (judgement with { Outcome = Outcome.Corrupt, Reason = reason }, found);
        }

        if (spoilt)
            return (
                judgement with { Outcome = Outcome.Corrupt, Reason = "the tokens are right, but the text does not match them" }, null);
        if (judgement.Outcome == Outcome.Corrupt)
        {
            judgement = await ConfirmAsync(asked, actual, wanted, judgement, cancellation);
            return (judgement, await DonorAsync(round, request, expected, actual, judgement.At?.Position ?? 0, cancellation));
        }

        if (judgement.Outcome is Outcome.Same or Outcome.Tie && ReadingDepth(round.Scenario, asked.Prompt, actual) is { } depth)
        {
            Judgement reading = await _judge.CheckByReadingAsync(
                asked.Prompt, actual, Math.Max(depth, ReadingStride), depth, cancellation);
            judgement = (reading.Outcome > judgement.Outcome ? reading : judgement) with
            {
                Rows = reading.Rows + judgement.Rows,
                Ties = reading.Ties + judgement.Ties,
            };
        }

        return (judgement, null);
    }

    // What others would have said next belongs to them too: their states outlive their answers.
    private async Task<Attribution?> DonorAsync(
        LiveRound round, int request, IReadOnlyList<ServedToken> expected, IReadOnlyList<ServedToken> actual, int start,
        CancellationToken cancellation)
    {
        var others = new List<(int, IReadOnlyList<ServedToken>)>();
        for (int other = 0; other < round.Requests.Count; other++)
        {
            LiveRequest donor = round.Requests[other];
            if (other == request || donor.Prompt.Key == round.Requests[request].Prompt.Key) continue;
            Completion said = await solo.AnswerAsync(donor.Prompt, donor.MaxTokens + actual.Count - start, cancellation);
            others.Add((other, [.. PromptTokens(donor), .. said.Tokens]));
        }

        return Attribution.ByOverlap([.. actual.Skip(start)], [.. expected.Skip(start)], others);
    }

    // The same tokens have the same text, which may be cut within a character.
    private static bool HasOtherText(Completion expected, Completion actual) =>
        !expected.Text.StartsWith(actual.Text.TrimEnd('\uFFFD'), StringComparison.Ordinal);

    // Tokens compared where an answer is read again; null where it is not. After a draft, only the first is certain not to be
    // drafted again. In solo rounds log-probabilities decide. Prompts of token ids only: the text of some tokens is not always
    // tokenized into these tokens again.
    private static int? ReadingDepth(Scenario scenario, Prompt prompt, IReadOnlyList<ServedToken> answer) => scenario switch
    {
        _ when prompt.Tokens is null => null,
        Scenario.Speculation => 1,
        Scenario.Solo when answer.Any(token => token.Candidates.Count > 0) => 2 * ReadingStride,
        _ => null,
    };

    // Those first whose donor is known.
    private static Victim[] Named(List<Victim> victims)
    {
        IEnumerable<Victim> named = victims is [var one, var other]
            ? [
                one with { From = one.From ?? Attribution.ByElimination(other.Request) },
                other with { From = other.From ?? Attribution.ByElimination(one.Request) },
            ]
            : victims;
        return [.. named.OrderBy(victim => victim.From is null)];
    }

    // Before a verdict of corruption the solo answer is requested once more: perhaps the first one was the odd one.
    private async Task<Judgement> ConfirmAsync(
        LiveRequest asked, IReadOnlyList<ServedToken> actual, int wanted, Judgement judgement,
        CancellationToken cancellation)
    {
        Completion again = await solo.AgainAsync(asked.Prompt, asked.MaxTokens, cancellation);
        Judgement second = await _judge.JudgeAsync(asked.Prompt, again.Tokens, actual, wanted, cancellation);
        return second.Outcome == Outcome.Corrupt
            ? judgement
            : judgement with { Outcome = Outcome.Undecided, Reason = "the server's solo answers vary from run to run" };
    }

    private static string? Idle(LiveRound round, IReadOnlyList<LiveTranscript> transcripts, long? drafted)
    {
        CompletionCounters[] counters = [.. transcripts.Select(transcript => transcript.Answer.Counters)];
        return round.Scenario switch
        {
            Scenario.Cache when counters.Any(counter => counter.Cached > 0) => null,
            Scenario.Cache => counters.All(counter => counter.Cached is null)
                ? "the server does not count cache hits"
                : "nothing was taken from the cache",
            Scenario.Speculation when drafted > 0 || counters.Any(counter => counter.Drafted > 0) => null,
            Scenario.Speculation => "nothing was drafted; start the server with speculation",
            Scenario.Abort => transcripts.Any(transcript => transcript.End == RequestEnd.Aborted)
                ? null
                : "every answer was complete before its client left; request longer answers by --tokens",
            _ => null,
        };
    }

    private static IEnumerable<ServedToken> PromptTokens(LiveRequest request) =>
        request.Prompt.Tokens?.Select(id => new ServedToken(id, "", null, [])) ?? [];

    private static Completion Cut(Completion completion, int count) =>
        completion.Tokens.Count <= count || TextPieces.IsText(completion.Tokens)
        ? completion
        : completion with { Tokens = [.. completion.Tokens.Take(count)] };
}
