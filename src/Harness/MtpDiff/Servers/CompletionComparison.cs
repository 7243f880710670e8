using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>Compares a server's answers with those without drafts.</summary>
/// <remarks>
/// Verified: tokens, and log-probabilities where they are reported; llama.cpp reports none of drafted tokens. Not verified: damage
/// that is smaller than the noise, and damage that answers without drafts have as well.
/// </remarks>
/// <param name="plain">Answers without drafts.</param>
/// <param name="noise">How much their log-probabilities move when nothing is wrong.</param>
internal sealed class CompletionComparison(SoloAnswers plain, NoiseFloor noise)
{
    /// <summary>Compares an answer.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="expected">The answer without drafts.</param>
    /// <param name="actual">The answer.</param>
    /// <param name="wanted">Tokens requested.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Judgement> CompareAsync(
        Prompt prompt, Completion expected, Completion actual, int wanted, CancellationToken cancellation)
    {
        Judgement judgement = await JudgeAsync(noise, prompt, expected, actual, wanted, cancellation);
        if (judgement.Outcome >= Outcome.Undecided) judgement = await ReconsiderAsync(judgement, prompt, expected, actual, wanted, cancellation);
        if (judgement.Outcome != Outcome.Corrupt) return judgement;

        // Perhaps the answer without drafts is the odd one.
        Completion again = await plain.AgainAsync(prompt, wanted, cancellation);
        return (await JudgeAsync(noise, prompt, expected, again, wanted, cancellation)).Outcome == Outcome.Corrupt
            ? judgement with { Outcome = Outcome.Undecided, Reason = "the answers without drafts vary from run to run" }
            : judgement;
    }

    // A batch with drafts is wider than one without, and sums in another order. How far that moves the answer shows where
    // log-probabilities are reported, and is believed as far as such noise goes.
    private async Task<Judgement> ReconsiderAsync(
        Judgement judgement, Prompt prompt, Completion expected, Completion actual, int wanted, CancellationToken cancellation)
    {
        NoiseFloor width = NoiseFloor.Of([(expected.Tokens, actual.Tokens)]);
        bool isSeen = judgement.At?.Move is not null;
        if (noise.Rows == 0 || (isSeen && width.Largest > noise.Learnable)) return judgement;
        NoiseFloor wider = isSeen ? noise.With(width) : noise.Widened();
        Judgement again = await JudgeAsync(wider, prompt, expected, actual, wanted, cancellation);
        return again.Outcome < judgement.Outcome
            ? again with { Reason = Invariant($"{again.Reason}, an effect of the batch's width of at most {wider.Benign:G2} nats") }
            : judgement;
    }

    private Task<Judgement> JudgeAsync(
        NoiseFloor floor, Prompt prompt, Completion expected, Completion actual, int wanted, CancellationToken cancellation) =>
        new Judge(plain, floor).JudgeAsync(prompt, expected.Tokens, actual.Tokens, wanted, cancellation);
}
