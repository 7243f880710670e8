using System.Globalization;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Golden;

/// <summary>
/// The shipped model on 64 prompts of its held-out split, 128 greedy tokens each, beside llama.cpp's. Every engine reads
/// the tokens that llama.cpp chose, so one that differs is compared on the same text afterwards, too.
/// </summary>
internal static class GreedyGolden
{
    /// <summary>Natural logarithms: what two engines of sound arithmetic may differ by.</summary>
    public const double Tolerance = 2e-3;

    /// <summary>Of one sequence: its next tokens go in, logits <c>[V]</c> after the last of them come out.</summary>
    public delegate void NextLogits(ReadOnlySpan<int> tokens, Span<double> logits);

    /// <summary>The cases.</summary>
    public static GoldenVectors Vectors { get; } = GoldenVectors.Load(ShippedModel.Name);

    /// <summary>The model.</summary>
    public static LoadedModel Model { get; } = LoadedModel.Load(ShippedModel.Name);

    /// <summary>One sequence in the reference in double.</summary>
    public static NextLogits Reference()
    {
        SequenceState state = Model.Exact.NewState();
        return (tokens, logits) =>
        {
            double[] hidden = Model.Exact.Forward(state, tokens);
            Model.Exact.Logits(hidden.AsSpan(hidden.Length - Model.Config.Embedding), logits);
        };
    }

    /// <summary>One sequence in the batched engine.</summary>
    public static NextLogits Cpu()
    {
        IModelEngine engine = EngineCatalog.Parse("cpu").Create(Model.Options(1, 1));
        float[] row = new float[Model.Config.Vocabulary];
        return (tokens, logits) =>
        {
            int last = tokens.Length - 1, position = engine.NextPosition(0);
            BatchToken[] batch = new BatchToken[tokens.Length];
            for (int i = 0; i < batch.Length; i++)
                batch[i] = new BatchToken(tokens[i], Sequence: 0, position + i, Output: i == last);
            engine.Decode(new TokenBatch(batch), row);
            for (int i = 0; i < row.Length; i++) logits[i] = row[i];
        };
    }

    /// <summary>Runs all cases.</summary>
    /// <param name="engine">Makes an engine with one sequence; called from several threads.</param>
    public static IReadOnlyList<GreedyComparison> Compare(Func<NextLogits> engine) =>
        [.. Vectors.Cases.AsParallel().AsOrdered().Select(golden => Compare(golden, engine()))];

    private static GreedyComparison Compare(GoldenCase golden, NextLogits engine)
    {
        int[] generated = golden.Ints("generated");
        float[] logProbs = golden.Floats("log_probs"), gaps = golden.Floats("gaps");
        double[] row = new double[Model.Config.Vocabulary], chosen = new double[generated.Length];
        List<GreedyDifference> differences = [];
        for (int step = 0; step < generated.Length; step++)
        {
            // One batch would be over the capacity of an engine for the longest prompts.
            int[] tokens = step == 0 ? golden.Ints("prompt") : [generated[step - 1]];
            foreach (int[] part in tokens.Chunk(LoadedModel.MaxBatchTokens)) engine(part, row);
            ModelGolden.LogSoftmax(row);
            chosen[step] = row[generated[step]];
            int likeliest = Array.IndexOf(row, row.Max());
            if (likeliest != generated[step])
                differences.Add(new GreedyDifference(golden.Name, step, generated[step], likeliest, gaps[step]));
        }

        return new GreedyComparison(
            GoldenComparison.Absolute($"{golden} log_probs[step]", [chosen.Length], logProbs, chosen, Tolerance),
            differences);
    }

}

/// <summary>The result of one prompt.</summary>
/// <param name="Worst">The log-probability of a generated token that differs most.</param>
/// <param name="Differences">Where another token is the likeliest.</param>
internal sealed record GreedyComparison(GoldenDeviation Worst, IReadOnlyList<GreedyDifference> Differences);

/// <summary>Two engines whose likeliest token after the same text is another.</summary>
/// <param name="Case">The prompt.</param>
/// <param name="Step">Which generated token, from 0.</param>
/// <param name="Expected">llama.cpp's.</param>
/// <param name="Actual">Ours.</param>
/// <param name="Gap">How much likelier llama.cpp finds its own than the second best, in natural logarithms.</param>
internal sealed record GreedyDifference(string Case, int Step, int Expected, int Actual, float Gap)
{
    /// <summary>Whether both tokens may move by as much as engines may differ, and change places.</summary>
    public bool IsTie => Gap <= 2 * GreedyGolden.Tolerance;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Case} step {Step}: expected token {Expected} actual {Actual}, second best {Gap:G3} behind");
}
