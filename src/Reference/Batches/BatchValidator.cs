namespace Gdn.Reference.Batches;

/// <summary>Refuses a batch that cannot be run, before anything has changed.</summary>
public static class BatchValidator
{
    /// <summary>Checks tokens, positions and capacity.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="limits">What it must keep to.</param>
    /// <param name="nextPosition">
    /// The position that an existing sequence's next token must have; 0 for one that does not exist.
    /// </param>
    /// <param name="freeSlots">How many sequences can still be added.</param>
    /// <exception cref="InputException">
    /// The batch is empty or too long, a token, sequence or position is out of range, positions leave a gap, or there are
    /// more new sequences than free slots.
    /// </exception>
    public static void Check(TokenBatch batch, BatchLimits limits, Func<int, int> nextPosition, int freeSlots)
    {
        if (batch.Count == 0)
            throw new InputException("batch", "it contains no tokens", "pass at least one");
        if (batch.Count > limits.MaxBatchTokens)
            throw new InputException(
                "batch", $"it contains {batch.Count} tokens, more than the capacity of {limits.MaxBatchTokens}", "split it");

        var expected = new Dictionary<int, int>();
        int newSequences = 0;
        ReadOnlySpan<BatchToken> tokens = batch.Tokens;
        for (int i = 0; i < tokens.Length; i++)
        {
            (int token, int sequence, int position, _) = tokens[i];
            string where = $"batch token {i}";
            RequireKnown(token, limits, where);
            if (sequence < 0)
                throw new InputException(where, $"sequence {sequence} is out of range", "use ids from 0");
            if (position < 0 || position >= limits.MaxPositions)
                throw new InputException(
                    where, $"position {position} of sequence {sequence} is out of range",
                    Capacity(limits));

            bool seen = expected.TryGetValue(sequence, out int next);
            if (!seen)
            {
                next = nextPosition(sequence);
                if (next == 0) newSequences++;
            }

            if (position != next && (seen || position != 0))
                throw new InputException(
                    where, $"sequence {sequence} has position {position} where {next} must follow",
                    next == 0 || seen ? "positions increase by one" : "continue there, or start afresh at 0");
            expected[sequence] = position + 1;
        }

        if (newSequences > freeSlots)
            throw new InputException(
                "batch", $"it starts {newSequences} sequences but only {freeSlots} of {limits.MaxSequences} slots are free",
                "clear sequences first or raise the number of slots");
    }

    /// <summary>Checks tokens that sequences are drafted on from.</summary>
    /// <param name="tokens">At most one of a sequence.</param>
    /// <param name="limits">What they must keep to.</param>
    /// <param name="nextPosition">The position that a sequence's next drafted token has; 0 for one that does not exist.</param>
    /// <exception cref="InputException">
    /// A token is out of range, or a sequence does not exist, is full, or comes twice.
    /// </exception>
    public static void Check(ReadOnlySpan<DraftToken> tokens, BatchLimits limits, Func<int, int> nextPosition)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            (int sequence, int token) = tokens[i];
            string where = $"draft token {i}";
            RequireKnown(token, limits, where);
            for (int earlier = 0; earlier < i; earlier++)
                if (tokens[earlier].Sequence == sequence)
                    throw new InputException(where, $"sequence {sequence} comes twice", "draft one token at a time of a sequence");
            int position = nextPosition(sequence);
            if (position == 0)
                throw new InputException(where, $"sequence {sequence} does not exist", "decode its first token first");
            if (position >= limits.MaxPositions)
                throw new InputException(where, $"sequence {sequence} is full", Capacity(limits));
        }
    }

    private static void RequireKnown(int token, BatchLimits limits, string where)
    {
        if (token < 0 || token >= limits.Vocabulary)
            throw new InputException(where, $"token {token} is out of range", $"use ids from 0 to {limits.Vocabulary - 1}");
    }

    private static string Capacity(BatchLimits limits) => $"a sequence holds {limits.MaxPositions} tokens at most";
}
