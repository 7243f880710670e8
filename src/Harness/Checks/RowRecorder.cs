using Gdn.Reference.Batches;

namespace Gdn.Harness.Checks;

/// <summary>Names the rows of logits that a batch returns.</summary>
internal sealed class RowRecorder
{
    private readonly Dictionary<int, int> _fed = [];

    /// <summary>The origins of the batch's rows, in batch order, with the index of their batch token.</summary>
    public IReadOnlyList<(RowOrigin Origin, int Token)> Record(int step, TokenBatch batch, Func<int, int> slotOf)
    {
        var rows = new List<(RowOrigin, int)>(batch.OutputCount);
        for (int i = 0; i < batch.Count; i++)
        {
            BatchToken token = batch.Tokens[i];
            int feed = _fed.GetValueOrDefault(token.Sequence);
            _fed[token.Sequence] = feed + 1;
            if (token.Output)
                rows.Add((new RowOrigin(step, token.Sequence, token.Position, feed, slotOf(token.Sequence)), i));
        }

        return rows;
    }
}
