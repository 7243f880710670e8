using Gdn.Harness.Speculation;

namespace Gdn.Harness.MtpDiff;

/// <summary>A draft that the draft layers should not have made.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Token">Index of the answer's token that it was for.</param>
/// <param name="Place">Its place among the tokens of the draft, from 0.</param>
/// <param name="Expected">What the reference drafts.</param>
/// <param name="Actual">What was drafted.</param>
/// <param name="Gap">How far behind the reference has its second best, in nats.</param>
internal sealed record WrongDraft(int Prompt, int Token, int Place, int Expected, int Actual, double Gap);

/// <summary>
/// The drafts of an engine's draft layers beside the reference's after the same tokens. Text cannot show what is wrong with drafts:
/// it stays the same, and acceptance may even rise.
/// </summary>
/// <param name="Compared">Drafted tokens compared.</param>
/// <param name="Ties">Those that differ where the reference's two best are as likely within rounding.</param>
/// <param name="Wrong">Those that differ otherwise.</param>
/// <param name="Expected">Drafts that the reference would make and accept.</param>
internal sealed record HeadJudgement(int Compared, int Ties, IReadOnlyList<WrongDraft> Wrong, DraftTally Expected)
{
    /// <summary>Judges an arm.</summary>
    /// <param name="arm">K and the rest.</param>
    /// <param name="answers">Its answers.</param>
    /// <param name="plain">Those without drafts.</param>
    /// <param name="reference">The reference's drafts along those.</param>
    public static HeadJudgement Of(
        DraftArm arm, IReadOnlyList<DraftedAnswer> answers, IReadOnlyList<PlainAnswer> plain, IReadOnlyList<ReferenceDrafts> reference)
    {
        int compared = 0, ties = 0;
        var wrong = new List<WrongDraft>();
        for (int prompt = 0; prompt < answers.Count; prompt++)
        {
            int common = plain[prompt].Tokens.AsSpan().CommonPrefixLength(answers[prompt].Ids);
            foreach (DraftRound round in answers[prompt].Rounds.Where(round => round.Answered <= common))
            {
                ReferenceDraft[] chain = reference[prompt].Chains[round.Answered - 1];
                for (int place = 0; place < Math.Min(round.Drafts.Length, chain.Length); place++)
                {
                    compared++;
                    if (round.Drafts[place] == chain[place].Token) continue;
                    PlainRow row = plain[prompt].Rows[round.Answered - 1];
                    if (row.IsRouterTie || chain[place].Gap <= row.Allowed) ties++;
                    else wrong.Add(new WrongDraft(
                        prompt, round.Answered + place, place, chain[place].Token, round.Drafts[place], chain[place].Gap));
                    // What follows is drafted from another token.
                    break;
                }
            }
        }

        return new HeadJudgement(compared, ties, wrong, new DraftTally(
            plain.Zip(reference).SelectMany(pair => pair.Second.Rounds(pair.First.Tokens, arm.Drafts))
                .Select(round => round.Counts)));
    }
}
