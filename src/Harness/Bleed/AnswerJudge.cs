using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>Judges one answer of a round against the server's solo answer to the same prompt.</summary>
/// <remarks>
/// <para>
/// Verified: tokens, log-probabilities, text and length; with speculation, and of solo rounds, also that the server reads the
/// answer as it decoded it.
/// </para>
/// <para>Not verified: the solo answer itself, apart from that; damage within the server's own noise.</para>
/// </remarks>
/// <param name="solo">The server's solo answers.</param>
/// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
internal sealed class AnswerJudge(SoloAnswers solo, NoiseFloor noise)
{
    // Positions at which an answer is read again: damage stays, so not all need be.
    private const int ReadingStride = 4;

    // Words in a row that two answers do not share by chance.
    private const int ForeignRunMin = 8;

    private readonly Judge _judge = new(solo, noise);

    /// <summary>Judges an answer.</summary>
    /// <param name="round">The round.</param>
    /// <param name="soloAnswer">The solo answer to the same prompt.</param>
    /// <param name="transcript">The answer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The verdict, and of a corrupted answer whose text it has, where that can be seen.</returns>
    public async Task<(Judgement Judgement, Attribution? From)> JudgeAsync(
        LiveRound round, Completion soloAnswer, LiveTranscript transcript, CancellationToken cancellation)
    {
        int request = transcript.Request;
        LiveRequest asked = round.Requests[request];
        IReadOnlyList<ServedToken> expected = soloAnswer.Tokens, actual = transcript.Answer.Tokens;
        int wanted = transcript.End == RequestEnd.Aborted ? actual.Count : asked.MaxTokens;
        Judgement judgement = await _judge.JudgeAsync(asked.Prompt, expected, actual, wanted, cancellation);
        bool spoilt = judgement.Outcome == Outcome.Same && transcript.End == RequestEnd.Answered
            && HasOtherText(soloAnswer, transcript.Answer);
        if ((spoilt || judgement.Outcome is not Outcome.Same)
            && FromCodeword(round, soloAnswer, transcript) is { } found)
        {
            string reason = $"the answer contains the codeword of request {found.Donor}";
            return (judgement with { Outcome = Outcome.Corrupt, Reason = reason }, found);
        }

        if (spoilt)
        {
            const string reason = "the tokens are right, but the text does not match them";
            return (judgement with { Outcome = Outcome.Corrupt, Reason = reason }, null);
        }

        if (judgement is { Outcome: Outcome.Undecided, At.Z: null } && !solo.CanContinue
            && await ForeignEndAsync(round, soloAnswer, transcript, judgement, cancellation) is { } foreign)
            return foreign;
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

    /// <summary>Whose codeword an answer has, if the solo answer to its prompt has it not.</summary>
    public static Attribution? FromCodeword(LiveRound round, Completion soloAnswer, LiveTranscript transcript) =>
        Attribution.ByCodeword(round, transcript.Request, transcript.Answer.Text) is { } found
        && !soloAnswer.Text.Contains(round.Requests[found.Donor].Codeword!, StringComparison.Ordinal)
            ? found
            : null;

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

    // Where neither numbers nor a continuation can be had: an answer that goes on as another request's does, for longer than
    // chance explains, while the same prompt has the same answer alone.
    private async Task<(Judgement, Attribution?)?> ForeignEndAsync(
        LiveRound round, Completion soloAnswer, LiveTranscript transcript, Judgement judgement, CancellationToken cancellation)
    {
        LiveRequest asked = round.Requests[transcript.Request];
        if (await DonorAsync(
                round, transcript.Request, soloAnswer.Tokens, transcript.Answer.Tokens, judgement.At!.Position, cancellation)
            is not { Run: >= ForeignRunMin } from)
            return null;
        Completion again = await solo.AgainAsync(asked.Prompt, asked.MaxTokens, cancellation);
        if (again.Text != soloAnswer.Text) return null;
        string reason = $"the answer goes on as that of request {from.Donor}: {from.Run} words in a row, and alone it does not";
        return (judgement with { Outcome = Outcome.Corrupt, Reason = reason }, from);
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

    private static IEnumerable<ServedToken> PromptTokens(LiveRequest request) =>
        request.Prompt.Tokens?.Select(id => new ServedToken(id, "", null, [])) ?? [];
}
