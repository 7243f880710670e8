using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Bleed;

/// <summary>
/// Plays a round and judges every answer: against the reference, where there is one for the served weights, else against the
/// server's solo answer to the same prompt.
/// </summary>
/// <remarks>
/// <para>
/// Verified: every answer of the round, by <see cref="RoundReadings"/> or <see cref="AnswerJudge"/>, and that the round did what
/// it is for.
/// </para>
/// <para>
/// Not verified: states that no later request uses; refused and failed requests, which leave the round inconclusive; timing.
/// </para>
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="solo">Its solo answers.</param>
/// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
/// <param name="oracle">The reference; null without the served weights.</param>
internal sealed class RoundRunner(
    ICompletionClient server, SoloAnswers solo, NoiseFloor noise, ReferenceOracle? oracle = null)
{
    private readonly AnswerJudge _judge = new(solo, noise);

    /// <summary>Runs it.</summary>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    public async Task<RoundResult> RunAsync(LiveRound round, CancellationToken cancellation)
    {
        if (round.ObstacleOn(server.Info) is { } obstacle) return RoundResult.Failed(round, obstacle);
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
        RoundReadings? readings = oracle is null ? null : new RoundReadings(oracle, round, soloAnswers, transcripts, cancellation);
        foreach (LiveTranscript transcript in transcripts.Where(t => t.End != RequestEnd.Failed))
        {
            int request = transcript.Request;
            OracleJudgement? read = readings?.Judge(transcript);
            (Judgement judgement, Attribution? from) = read is null
                ? await _judge.JudgeAsync(round, soloAnswers[request], transcript, cancellation)
                : (read.Judgement, AnswerJudge.FromCodeword(round, soloAnswers[request], transcript));
            rows += judgement.Rows;
            ties += judgement.Ties;
            if (judgement.Outcome == Outcome.Corrupt)
                victims.Add(new Victim(
                    request, transcript.Answer.Slot, judgement, from, soloAnswers[request], transcript.Answer)
                {
                    IsAlone = read is { IsAlone: true },
                    Reference = read?.Reading.Positions.Select(position => oracle!.Ids.TokenOf(position.Best)).ToArray(),
                });
            if (judgement.Outcome == Outcome.Undecided) undecided.Add($"request {request}: {judgement.Reason}");
        }

        return new RoundResult(
            round.AsPlayed(transcripts), Named(victims), undecided, ties, rows, transcripts.Sum(t => t.Answer.Tokens.Count),
            LiveTranscript.Overlap(transcripts), transcripts.FirstOrDefault(t => t.Failure is not null)?.Failure,
            RoundPurpose.MissedBy(round, transcripts, drafted))
        {
            IsOverTooSoon = RoundPurpose.IsOverTooSoon(round, transcripts),
            Refused = BusyRefusals.Of(transcripts),
        };
    }

    // Those first whose donor is known.
    private static Victim[] Named(List<Victim> victims)
    {
        IEnumerable<Victim> named = victims is [{ IsAlone: false } one, { IsAlone: false } other]
            ? [
                one with { From = one.From ?? Attribution.ByElimination(other.Request) },
                other with { From = other.From ?? Attribution.ByElimination(one.Request) },
            ]
            : victims;
        return [.. named.OrderBy(victim => victim.From is null)];
    }

    private static Completion Cut(Completion completion, int count) =>
        completion.Tokens.Count <= count || TextPieces.IsText(completion.Tokens)
        ? completion
        : completion with { Tokens = [.. completion.Tokens.Take(count)] };
}
