using Gdn.Harness.Divergence;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.MtpDiff;

/// <summary>What an arm has shown.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Runs">Its runs, one for each group of prompts.</param>
/// <param name="Answers">For each prompt, the answer and how it differs from the one without drafts.</param>
internal sealed record ArmResult(
    DraftArm Arm, IReadOnlyList<SpeculativeRun> Runs, IReadOnlyList<(DraftedAnswer Answer, AnswerDifference Difference)> Answers)
{
    /// <summary>Drafts made and accepted.</summary>
    public DraftTally Tally { get; } = new(Answers.SelectMany(answer => answer.Answer.Rounds).Select(round => round.Counts));

    /// <summary>What the draft layers should have drafted, of arms that draft with them: wrong drafts, and how many are expected.</summary>
    public HeadJudgement? Head { get; init; }

    /// <summary>How many answers came out in a way.</summary>
    public int Count(Outcome outcome) => Answers.Count(answer => answer.Difference.Outcome == outcome);

    /// <summary>The worst of its answers.</summary>
    public Outcome Outcome => Answers.Max(answer => answer.Difference.Outcome);

    /// <summary>Index of the first token, in any answer, that differs or whose logits are wrong; null if all are right.</summary>
    public int? First => Answers
        .Select(answer => answer.Difference.First?.Token ?? answer.Difference.Divergence).Where(token => token is not null).Min();

    /// <summary>Time of decoding, without the prompts.</summary>
    public TimeSpan Time => new(Runs.Sum(run => run.Decoding.Ticks));

    /// <summary>Tokens of the answers that came from decoding.</summary>
    public int Tokens => Answers.Sum(answer => answer.Answer.Tokens.Count - 1);

    /// <summary>Tokens a second.</summary>
    public double TokensPerSecond => Tokens / Time.TotalSeconds;

    /// <summary>Rounds a second: it cannot rise by accepting more.</summary>
    public double RoundsPerSecond => Tally.Rounds / Time.TotalSeconds;
}
