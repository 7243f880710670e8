namespace Gdn.Harness.Checks;

/// <summary>Where a row of logits comes from.</summary>
/// <param name="Step">Step of the schedule.</param>
/// <param name="Sequence">The sequence.</param>
/// <param name="Position">Position of the token in its sequence.</param>
/// <param name="Feed">
/// How many tokens the sequence was fed before this one, over all its lives and rollbacks: names the token in any
/// schedule that feeds the sequence the same tokens, however they are cut into batches.
/// </param>
/// <param name="Slot">The slot that the sequence occupied, or -1.</param>
public readonly record struct RowOrigin(int Step, int Sequence, int Position, int Feed, int Slot);

/// <summary>One row of an engine's logits.</summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Logits"><c>[V]</c>.</param>
public readonly record struct LogitsRow(RowOrigin Origin, float[] Logits);

/// <summary>One row of the oracle's logits.</summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Logits">In double precision <c>[V]</c>.</param>
/// <param name="Allowed">Largest error of any logit in this row that rounding explains.</param>
/// <param name="IsRouterTie">
/// Whether an expert was chosen, for this token or one before it, by a margin of the size of rounding errors: another
/// choice would have been right too, so the row proves nothing.
/// </param>
public readonly record struct OracleRow(RowOrigin Origin, double[] Logits, double Allowed, bool IsRouterTie);
