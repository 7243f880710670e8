using Gdn.Reference.Batches;

namespace Gdn.Harness.Checks;

/// <summary>Where a row of logits comes from.</summary>
/// <param name="Step">Step of the schedule.</param>
/// <param name="Sequence">The sequence.</param>
/// <param name="Position">Position of the token in its sequence.</param>
/// <param name="Slot">The slot that the sequence occupied, or -1.</param>
public readonly record struct RowOrigin(int Step, int Sequence, int Position, int Slot)
{
    /// <summary>The origins of the rows that a batch returns, in batch order.</summary>
    public static IReadOnlyList<RowOrigin> Of(int step, TokenBatch batch, Func<int, int> slotOf)
    {
        var rows = new List<RowOrigin>(batch.OutputCount);
        foreach (BatchToken token in batch.Tokens)
            if (token.Output) rows.Add(new RowOrigin(step, token.Sequence, token.Position, slotOf(token.Sequence)));
        return rows;
    }
}

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
