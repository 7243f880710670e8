using Gdn.Harness.Divergence;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>The reference's verdict on an answer.</summary>
/// <param name="Judgement">The verdict, in the words of all verdicts.</param>
/// <param name="IsAlone">Whether the lone answer to the prompt is wrong.</param>
/// <param name="Reading">The reading that decided.</param>
internal sealed record OracleJudgement(Judgement Judgement, bool IsAlone, OracleReading Reading);
