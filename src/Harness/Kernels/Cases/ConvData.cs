using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>The inputs of a conv case. Layouts as in <see cref="ConvCall"/>.</summary>
internal sealed class ConvData
{
    private ConvData(ConvCase @case)
    {
        Case = @case;
        ConvCallShape shape = @case.Shape;
        X = new float[shape.InputLength];
        Weights = new float[shape.WeightLength];
        Bias = new float[shape.BiasLength];
        Pool = new float[shape.PoolLength];
        int[] rows = [.. Enumerable.Range(0, shape.PoolRows)];
        new SeededRandom(@case.Seed).Shuffle(rows.AsSpan());
        Rows = rows[..shape.Sequences];
    }

    /// <summary>What these are the inputs of.</summary>
    public ConvCase Case { get; }

    /// <summary>Inputs.</summary>
    public float[] X { get; }

    /// <summary>Weights.</summary>
    public float[] Weights { get; }

    /// <summary>Bias.</summary>
    public float[] Bias { get; }

    /// <summary>Windows; rows of no sequence are filled with a NaN that says so.</summary>
    public float[] Pool { get; }

    /// <summary>Pool row of each sequence.</summary>
    public int[] Rows { get; }

    /// <summary>Makes the inputs of a case.</summary>
    /// <param name="case">The case.</param>
    /// <param name="changed">Sequences that get other contents, window included.</param>
    public static ConvData Generate(ConvCase @case, params ReadOnlySpan<int> changed)
    {
        var data = new ConvData(@case);
        ConvCallShape shape = @case.Shape;
        var weights = new SeededRandom(SeededRandom.Derive(@case.Seed, 0));
        Fill(data.Weights, weights);
        Fill(data.Bias, weights);
        for (int row = 0; row < shape.PoolRows; row++)
            Array.Fill(data.Pool, Poison.InRow(row).Value, row * shape.WindowLength, shape.WindowLength);
        for (int n = 0; n < shape.Sequences; n++)
        {
            var random = new SeededRandom(
                SeededRandom.Derive(changed.Contains(n) ? ~@case.Seed : @case.Seed, (ulong)n + 1));
            Span<float> window = data.Pool.AsSpan(data.Rows[n] * shape.WindowLength, shape.WindowLength);
            // One sequence in four starts fresh.
            if (random.Next(4) == 0) window.Clear();
            else Fill(window, random);
            int length = shape.Tokens * shape.Channels;
            Fill(data.X.AsSpan(n * length, length), random);
        }

        return data;
    }

    private static void Fill(Span<float> x, SeededRandom random)
    {
        foreach (ref float entry in x) entry = (float)(2 * random.NextGaussian());
    }
}
