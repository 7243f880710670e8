using Gdn.Harness;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Optimized;

/// <summary>Batches in a few words.</summary>
internal static class Batch
{
    /// <summary>One sequence's tokens from a position on, logits for all.</summary>
    public static IEnumerable<BatchToken> Run(int sequence, int firstPosition, params int[] tokens) =>
        tokens.Select((token, i) => new BatchToken(token, sequence, firstPosition + i, Output: true));

    /// <summary>Runs one after the other.</summary>
    public static TokenBatch Of(params IEnumerable<BatchToken>[] runs) => new(runs.SelectMany(run => run));

    /// <summary>Runs in a random interleaving.</summary>
    public static TokenBatch Interleaved(SeededRandom random, params IEnumerable<BatchToken>[] runs)
    {
        Queue<BatchToken>[] queues = [.. runs.Select(run => new Queue<BatchToken>(run))];
        int[] order = [.. queues.SelectMany((queue, i) => Enumerable.Repeat(i, queue.Count))];
        random.Shuffle<int>(order);
        return new TokenBatch(order.Select(i => queues[i].Dequeue()));
    }

    /// <summary>Random token ids.</summary>
    public static int[] Tokens(SeededRandom random, int vocabulary, int count)
    {
        var tokens = new int[count];
        for (int i = 0; i < count; i++) tokens[i] = random.Next(vocabulary);
        return tokens;
    }
}
