using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;
using Gdn.Reference;

namespace Gdn.Harness.Bleed;

/// <summary>Plays a round and judges every answer against the server's solo answer to the same prompt.</summary>
/// <remarks>
/// <para>Verified: every answer of the round, by <see cref="AnswerJudge"/>, and that the round did what it is for.</para>
/// <para>
/// Not verified: states that no later request uses; refused and failed requests, which leave the round inconclusive; timing.
/// </para>
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="solo">Its solo answers.</param>
/// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
internal sealed class RoundRunner(ICompletionClient server, SoloAnswers solo, NoiseFloor noise)
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
        foreach (LiveTranscript transcript in transcripts.Where(t => t.End != RequestEnd.Failed))
        {
            int request = transcript.Request;
            (Judgement judgement, Attribution? from) =
                await _judge.JudgeAsync(round, soloAnswers[request], transcript, cancellation);
            rows += judgement.Rows;
            ties += judgement.Ties;
            if (judgement.Outcome == Outcome.Corrupt)
                victims.Add(new Victim(
                    request, transcript.Answer.Slot, judgement, from, soloAnswers[request], transcript.Answer));
            if (judgement.Outcome == Outcome.Undecided) undecided.Add($"request {request}: {judgement.Reason}");
        }

        return new RoundResult(
            round.AsPlayed(transcripts), Named(victims), undecided, ties, rows, transcripts.Sum(t => t.Answer.Tokens.Count),
            LiveTranscript.Overlap(transcripts), transcripts.FirstOrDefault(t => t.Failure is not null)?.Failure,
            Idle(round, transcripts, drafted))
        {
            Refused = BusyRefusals.Of(transcripts),
