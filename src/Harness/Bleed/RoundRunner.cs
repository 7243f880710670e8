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
/// Verified: every answer of the round, by <see cref="RoundReadings"/> or <see cref="AnswerJudge"/>; refusals, by <see
/// cref="RefusalJudge"/>; what it leaves behind, by <see cref="Sentinels"/>; and that it did what it is for.
/// </para>
/// <para>
/// Not verified: states that no later request uses; requests that failed for want of room or time, which leave the round
/// inconclusive; timing.
/// </para>
/// </remarks>
internal sealed class RoundRunner
{
    private readonly ICompletionClient _server;
    private readonly SoloAnswers _solo;
    private readonly Sentinels _sentinels;
    private readonly ReferenceOracle? _oracle;
    private readonly CompanyNoise _companyNoise;
    private readonly AnswerJudge _answers;
    private readonly RefusalJudge _refusals;

    /// <summary>A runner of rounds on a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="solo">Its solo answers.</param>
    /// <param name="noise">How much its log-probabilities move when nothing is wrong.</param>
    /// <param name="sentinels">Prompts that are asked again after each round.</param>
    /// <param name="oracle">The reference; null without the served weights.</param>
    public RoundRunner(
        ICompletionClient server, SoloAnswers solo, NoiseFloor noise, Sentinels sentinels, ReferenceOracle? oracle = null)
    {
        (_server, _solo, _sentinels, _oracle) = (server, solo, sentinels, oracle);
        _companyNoise = new CompanyNoise(server, solo, noise);
        _answers = new AnswerJudge(solo, noise, _companyNoise);
        _refusals = new RefusalJudge(server, solo);
    }

    /// <summary>The noise of prompts in company, where an answer made it necessary to measure it; else null.</summary>
    public NoiseFloor? NoiseInCompany => _companyNoise.Learnt;

    /// <summary>Runs it.</summary>
    /// <exception cref="EnvironmentException">The server cannot be reached, or died.</exception>
    public async Task<RoundResult> RunAsync(LiveRound round, CancellationToken cancellation)
    {
        if (round.ObstacleOn(_server.Info) is { } obstacle) return RoundResult.Failed(round, obstacle);
        try
        {
            var soloAnswers = new List<Completion>();
            foreach (LiveRequest request in round.Requests)
                soloAnswers.Add(Cut(await _solo.AnswerAsync(request.Prompt, request.MaxTokens, cancellation), request.MaxTokens));
            long? draftedBefore = round.Scenario == Scenario.Speculation ? await DraftedAsync(cancellation) : null;
            IReadOnlyList<LiveTranscript> transcripts = await RoundPlayer.PlayAsync(_server, round, cancellation);
            long? drafted = round.Scenario == Scenario.Speculation
                ? await DraftedAsync(cancellation) - draftedBefore
                : null;
            Aftermath? aftermath = await Inquiry.TryAsync(() => _sentinels.AfterRoundAsync(cancellation));
            // Then there is nothing left with which the round could be compared, but the reference.
            RoundResult result = aftermath is { IsTotal: true } && _oracle is null
                ? Unjudged(round, transcripts)
                : await JudgeAsync(round, soloAnswers, transcripts, cancellation);
            return result with
            {
                Aftermath = aftermath,
                Idle = RoundPurpose.MissedBy(round, transcripts, drafted),
                IsOverTooSoon = RoundPurpose.IsOverTooSoon(round, transcripts),
                Refused = BusyRefusals.Of(transcripts),
            };
        }
        catch (BadAnswerException e)
        {
            return RoundResult.Failed(round, e.Message);
        }
    }

    private async Task<long?> DraftedAsync(CancellationToken cancellation) =>
        (await _server.SpeculationAsync(cancellation))?.Drafted;

    private async Task<RoundResult> JudgeAsync(
        LiveRound round, List<Completion> soloAnswers, IReadOnlyList<LiveTranscript> transcripts, CancellationToken cancellation)
    {
        var victims = new List<Victim>();
        var undecided = new List<string>();
        int ties = 0, rows = 0;
        RoundReadings? readings = null;
        try
        {
            victims.AddRange(await _refusals.VictimsAsync(round, soloAnswers, transcripts, cancellation));
            if (_oracle is not null)
            {
                await _oracle.MeetAsync(_server, round.Requests.Select(request => request.Prompt), cancellation);
                readings = new RoundReadings(_oracle, _solo, round, soloAnswers, transcripts, cancellation);
            }

            foreach (LiveTranscript transcript in transcripts.Where(t => t.End != RequestEnd.Failed))
            {
                int request = transcript.Request;
                OracleJudgement? read = readings?.Judge(transcript);
                (Judgement judgement, Attribution? from) = read is null
                    ? await JudgedAsync(round, soloAnswers[request], transcript, cancellation)
                    : (read.Judgement, AnswerJudge.FromCodeword(round, soloAnswers[request], transcript));
                rows += judgement.Rows;
                ties += judgement.Ties;
                if (judgement.Outcome == Outcome.Corrupt)
                    victims.Add(new Victim(
                        request, transcript.Answer.Slot, judgement, from, soloAnswers[request], transcript.Answer)
                    {
                        IsAlone = read is { IsAlone: true },
                        Reference = read?.Reading.Positions.Select(position => _oracle!.Ids.TokenOf(position.Best)).ToArray(),
                    });
                if (judgement.Outcome == Outcome.Undecided) undecided.Add($"request {request}: {judgement.Reason}");
            }
        }
        catch (Exception e) when (victims.Count > 0 && e is EnvironmentException or OperationCanceledException)
        {
            // The next request will say so again; what was found is kept.
        }

        return Unjudged(round, transcripts) with
        {
            Victims = Named(victims, hurtOthers: undecided.Count > 0 || transcripts.Any(t => t.End == RequestEnd.Failed)),
            Undecided = undecided,
            Ties = ties,
            Rows = rows,
            Played = victims.Count > 0 ? readings?.Played : null,
        };
    }

    private static RoundResult Unjudged(LiveRound round, IReadOnlyList<LiveTranscript> transcripts) => new(
        round.AsPlayed(transcripts), [], [], 0, 0, transcripts.Sum(t => t.Answer.Tokens.Count), LiveTranscript.Overlap(transcripts),
        transcripts.FirstOrDefault(t => t.Failure is not null)?.Failure, null);

    // An answer for which the server cannot be asked what is needed does not spoil the others.
    private async Task<(Judgement, Attribution?)> JudgedAsync(
        LiveRound round, Completion soloAnswer, LiveTranscript transcript, CancellationToken cancellation)
    {
        try
        {
            return await _answers.JudgeAsync(round, soloAnswer, transcript, cancellation);
        }
        catch (BadAnswerException e)
        {
            return (new Judgement(Outcome.Undecided, 0, 0, null, e.Message), null);
        }
    }

    // Those first whose donor is known. Where a third may be hurt, two victims say nothing about each other.
    private static Victim[] Named(List<Victim> victims, bool hurtOthers)
    {
        IEnumerable<Victim> named = !hurtOthers && victims is [{ IsAlone: false } one, { IsAlone: false } other]
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
