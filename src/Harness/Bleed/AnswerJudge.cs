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
/// <param name="companyNoise">Measures the noise of a prompt in company.</param>
internal sealed class AnswerJudge(SoloAnswers solo, NoiseFloor noise, CompanyNoise companyNoise)
{
    // Positions at which an answer is read again: damage stays, so not all need be.
    private const int ReadingStride = 4;

    // Words in a row that two answers do not share by chance.
    private const int ForeignRunMin = 8;

    private readonly Judge _judge = new(solo, noise);
    private readonly DonorSearch _donors = new(solo);

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
        Completion answer = transcript.Answer;
        int wanted = transcript.End == RequestEnd.Aborted ? answer.Tokens.Count : asked.MaxTokens;
        Judgement judgement = await CompareAsync(asked.Prompt, soloAnswer, answer, wanted, cancellation);
        bool spoilt = judgement.Outcome == Outcome.Same && transcript.End == RequestEnd.Answered
            && HasOtherText(soloAnswer, answer);
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
        if (judgement.Outcome is Outcome.Corrupt or Outcome.Undecided)
            judgement = await Inquiry.TryAsync<Judgement>(
                async () => await companyNoise.ReconsiderAsync(round, request, soloAnswer, answer, wanted, judgement, cancellation))
                ?? judgement;
        if (judgement.Outcome == Outcome.Corrupt)
            return await ConfirmAsync(round, soloAnswer, transcript, wanted, judgement, cancellation);

        if (judgement.Outcome is Outcome.Same or Outcome.Tie
            && ReadingDepth(round.Scenario, asked.Prompt, answer.Tokens) is { } depth)
        {
            Judgement reading = await _judge.CheckByReadingAsync(
                asked.Prompt, answer.Tokens, Math.Max(depth, ReadingStride), depth, cancellation);
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

    // Numbers first; where the server reports none, an answer of one piece over and over decides.
    private async Task<Judgement> CompareAsync(
        Prompt prompt, Completion expected, Completion actual, int wanted, CancellationToken cancellation)
    {
        Judgement judgement = await _judge.JudgeAsync(prompt, expected.Tokens, actual.Tokens, wanted, cancellation);
        return judgement is { Outcome: Outcome.Undecided, At: { Z: null, Position: var start } }
            && RepeatedPiece.In(actual.Tokens.Skip(start)) is { } piece
            && RepeatedPiece.In(expected.Tokens.Skip(start)) is null
            && !await RepeatsAloneAsync(prompt, [.. actual.Tokens.Take(start), piece], wanted - start, cancellation)
            ? judgement with { Outcome = Outcome.Corrupt, Reason = $"{piece.Name} over and over; alone the answer is a text" }
            : judgement;
    }

    // A near-tie may have led to where the server repeats itself anyway.
    private async Task<bool> RepeatsAloneAsync(
        Prompt prompt, IReadOnlyList<ServedToken> beginning, int count, CancellationToken cancellation) =>
        solo.CanContinue
        && (await solo.ContinueAsync(prompt, beginning, count, cancellation) is not { } after || RepeatedPiece.In(after) is not null);

    // Where neither numbers nor a continuation can be had: an answer that goes on as another request's does, for longer than
    // chance explains, while the same prompt has the same answer alone.
    private async Task<(Judgement, Attribution?)?> ForeignEndAsync(
        LiveRound round, Completion soloAnswer, LiveTranscript transcript, Judgement judgement, CancellationToken cancellation)
    {
        LiveRequest asked = round.Requests[transcript.Request];
        if (await _donors.ByOverlapAsync(
                round, transcript.Request, soloAnswer.Tokens, transcript.Answer.Tokens, judgement.At!.Position, cancellation)
            is not { Run: >= ForeignRunMin } from)
            return null;
        Completion again = await solo.AgainAsync(asked.Prompt, asked.MaxTokens, cancellation);
        if (again.Text != soloAnswer.Text) return null;
        string reason = $"the answer goes on as that of request {from.Donor}: {from.Run} words in a row, and alone it does not";
        return (judgement with { Outcome = Outcome.Corrupt, Reason = reason }, from);
    }

    // Before a verdict of corruption the solo answer is requested again: perhaps the first one was the odd one.
    private async Task<(Judgement, Attribution?)> ConfirmAsync(
        LiveRound round, Completion before, LiveTranscript transcript, int wanted, Judgement judgement,
        CancellationToken cancellation)
    {
        LiveRequest asked = round.Requests[transcript.Request];
        async Task<bool> DifferAsync(Completion one, Completion other, int count) =>
            (await CompareAsync(asked.Prompt, one, other, count, cancellation)).Outcome == Outcome.Corrupt;
        Task<Completion> AgainAsync() => solo.AgainAsync(asked.Prompt, asked.MaxTokens, cancellation);

        Judgement? second = await Inquiry.TryAsync<Judgement>(async () =>
        {
            Completion after = await AgainAsync();
            bool changed = await DifferAsync(before, after, asked.MaxTokens);
            if (await DifferAsync(after, transcript.Answer, wanted))
            {
                if (!changed) return judgement;
                // Two answers alone and one in company, all different: a third one alone shows whether the server can be stable.
                Completion third = await AgainAsync();
                return await DifferAsync(before, third, asked.MaxTokens) && await DifferAsync(after, third, asked.MaxTokens)
                    ? Varying(judgement)
                    : judgement;
            }

            // The server agrees with the round now. If it stays with that, the round has changed what it says alone.
            return changed && await DifferAsync(before, await AgainAsync(), asked.MaxTokens)
                ? judgement with { Reason = "the prompt's answer has changed for good: alone, too, it is this one since the round" }
                : Varying(judgement);
        });
        if (second is null) return (judgement with { Reason = $"{judgement.Reason}; the server could not be asked again" }, null);
        Attribution? from = second == judgement
            ? await _donors.ByOverlapAsync(
                round, transcript.Request, before.Tokens, transcript.Answer.Tokens, judgement.At?.Position ?? 0, cancellation)
            : null;
        return (second, from);
    }

    private static Judgement Varying(Judgement judgement) =>
        judgement with { Outcome = Outcome.Undecided, Reason = "the server's solo answers vary from run to run" };

    // The same tokens have the same text, which may be cut within a character, or go further where the other lost its end.
    private bool HasOtherText(Completion expected, Completion actual)
    {
        string right = expected.Text.TrimEnd('\uFFFD'), given = actual.Text.TrimEnd('\uFFFD');
        return !expected.Text.StartsWith(given, StringComparison.Ordinal)
            && !(solo.TokensShort > 0 && given.StartsWith(right, StringComparison.Ordinal));
    }

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
}
