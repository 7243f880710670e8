using Gdn.Harness.Divergence;

namespace Gdn.Harness.MtpDiff;

/// <summary>A logit that is further off than rounding explains.</summary>
/// <param name="Token">Index of the answer's token that is chosen from the row.</param>
/// <param name="Logit">Vocabulary index.</param>
/// <param name="Expected">Without drafts.</param>
/// <param name="Actual">With drafts.</param>
/// <param name="Allowed">How far apart the two may be.</param>
internal sealed record WrongRow(int Token, int Logit, double Expected, double Actual, double Allowed);

/// <summary>How an answer with drafts differs from the one without.</summary>
/// <param name="Outcome">
/// Same tokens; a tie, if the first other token is as likely within rounding and all rows are right; or corrupt, if a row is not,
/// whatever the tokens.
/// </param>
/// <param name="Rows">Rows compared.</param>
/// <param name="WrongRows">Rows that are not right.</param>
/// <param name="First">The first of them; null where all are right.</param>
internal sealed record AnswerDifference(Outcome Outcome, int Rows, int WrongRows, WrongRow? First)
{
    /// <summary>Index of the first token that differs; null where none does.</summary>
    public int? Divergence { get; init; }

    /// <summary>There, how much likelier the token without drafts is than the one with, by the logits without drafts, in nats.</summary>
    public double? Gap { get; init; }

    /// <summary>The gap in units of what single precision does to a logit of that row.</summary>
    public double? GapInNoise { get; init; }
}
