using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>
/// The noise of one prompt in company. An answer that differs by little is not corruption before its prompt has been asked in
/// the same traffic among copies of itself, where there is nothing of others to be mixed up with, but batches are as wide.
/// </summary>
/// <remarks>
/// <para>
/// A bleed is not learnt as noise: copies that move by more than <see cref="NoiseFloor.Learnable"/> teach nothing, so a server
/// that is wrong in all company is found.
/// </para>
/// <para>Not verified: damage below that which copies of a prompt do to each other, too.</para>
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="solo">Its solo answers.</param>
/// <param name="noise">How much its log-probabilities move when nothing is wrong, alone.</param>
internal sealed class CompanyNoise(ICompletionClient server, SoloAnswers solo, NoiseFloor noise)
{
    /// <summary>What was learnt: of answers that noise in company explains, how far they move.</summary>
    public NoiseFloor? Learnt { get; private set; }

    /// <summary>Judges an answer again, by the noise of its prompt, if that may explain what differs.</summary>
    /// <param name="round">The round.</param>
    /// <param name="request">The request.</param>
    /// <param name="expected">Its solo answer.</param>
    /// <param name="actual">Its answer in the round.</param>
    /// <param name="wanted">How many tokens it should have.</param>
    /// <param name="judgement">The judgement by the noise of other prompts, alone.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Judgement> ReconsiderAsync(
        LiveRound round, int request, Completion expected, Completion actual, int wanted, Judgement judgement,
        CancellationToken cancellation)
    {
        LiveRequest asked = round.Requests[request];
        Task<Judgement> JudgeAsync(NoiseFloor floor) =>
            new Judge(solo, floor).JudgeAsync(asked.Prompt, expected.Tokens, actual.Tokens, wanted, cancellation);

        if (noise.Rows == 0 || (await JudgeAsync(noise.Widened())).Outcome >= judgement.Outcome) return judgement;
        NoiseFloor own = await MeasureAsync(round, asked, expected, cancellation);
        Judgement again = await JudgeAsync(noise.With(own));
        if (again.Outcome < judgement.Outcome) Learnt = Learnt?.With(own) ?? own;
        return again.Outcome < judgement.Outcome ? again : judgement;
    }

    // Alone, in other batches of its own, and in the round's traffic with everybody asking the same.
    private async Task<NoiseFloor> MeasureAsync(
        LiveRound round, LiveRequest asked, Completion expected, CancellationToken cancellation)
    {
        List<(IReadOnlyList<ServedToken> One, IReadOnlyList<ServedToken> Other)> pairs =
            await solo.RecomputedAsync(asked.Prompt, expected.Tokens, cancellation);
        LiveRound copies = round with
        {
            Requests = [.. round.Requests.Select(other => other with { Prompt = asked.Prompt, Codeword = null })],
        };
        foreach (LiveTranscript copy in await RoundPlayer.PlayAsync(server, copies, cancellation))
            pairs.Add((expected.Tokens, copy.Answer.Tokens));
        return NoiseFloor.Of(pairs.Where(pair => NoiseFloor.Of([pair]).Largest <= noise.Learnable));
    }
}
