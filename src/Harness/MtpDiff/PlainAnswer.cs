namespace Gdn.Harness.MtpDiff;

/// <summary>A row of logits without drafts, and how far a right engine's may be from it.</summary>
/// <param name="Logits"><c>[V]</c>.</param>
/// <param name="Allowed">Largest difference of any logit that rounding explains between two rows of the engine.</param>
/// <param name="Noise">Largest difference of any logit that single precision makes on this row.</param>
/// <param name="IsRouterTie">Whether another choice of experts would have been right too, so that the row proves nothing.</param>
internal readonly record struct PlainRow(float[] Logits, double Allowed, double Noise, bool IsRouterTie);

/// <summary>An answer that was made without drafts: what answers with drafts are compared with.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Tokens">The answer.</param>
/// <param name="Rows">The row from which each token was chosen.</param>
internal sealed record PlainAnswer(int[] Prompt, int[] Tokens, IReadOnlyList<PlainRow> Rows);
