using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>
/// Judges requests that a server answers alone and refuses in company. Where a state is not a number, some servers refuse the
/// request for it, or send an answer that nobody can read.
/// </summary>
/// <remarks>
/// <para>
/// Verified: that the prompt is answered alone, before and after; and of a refusal that does not speak of NaN, that requests are
/// refused again when the round is played again.
/// </para>
/// <para>Not verified: refusals for want of room or time, which say nothing about states.</para>
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="solo">Its solo answers.</param>
internal sealed class RefusalJudge(ICompletionClient server, SoloAnswers solo)
{
    /// <summary>The refused requests of a round that are corruption.</summary>
    public async Task<IReadOnlyList<Victim>> VictimsAsync(
        LiveRound round, IReadOnlyList<Completion> soloAnswers, IReadOnlyList<LiveTranscript> transcripts,
        CancellationToken cancellation)
    {
        LiveTranscript[] refused = [.. transcripts.Where(transcript => Refusal.IsSuspect(transcript.Fault))];
        if (refused.Length == 0) return [];
        if (!refused.Any(transcript => Refusal.SpeaksOfNaN(transcript.Fault!)) && !await RefusesAgainAsync(round, cancellation)) return [];
        var victims = new List<Victim>();
        foreach (LiveTranscript transcript in refused)
        {
            LiveRequest asked = round.Requests[transcript.Request];
            if (await Inquiry.TryAsync(() => AgainAsync(asked, cancellation)) is null) continue;
            var judgement = new Judgement(
                Outcome.Corrupt, 0, 0, null,
                $"refused in company, answered alone before and after: {transcript.Failure}");
            victims.Add(new Victim(
                transcript.Request, transcript.Answer.Slot, judgement, null, soloAnswers[transcript.Request], transcript.Answer));
        }

        return victims;
    }

    private async Task<Completion?> AgainAsync(LiveRequest asked, CancellationToken cancellation) =>
        await solo.AgainAsync(asked.Prompt, asked.MaxTokens, cancellation);

    private async Task<bool> RefusesAgainAsync(LiveRound round, CancellationToken cancellation) =>
        await Inquiry.TryAsync<IReadOnlyList<LiveTranscript>>(
            async () => await RoundPlayer.PlayAsync(server, round, cancellation)) is { } again
        && again.Any(transcript => Refusal.IsSuspect(transcript.Fault));
}
