using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>Random shapes, mostly small: lengths around multiples of usual chunks, head dimensions real and odd.</summary>
internal static class ShapeDraw
{
    private static readonly int[] Chunks = [16, 32, 64, 64];
    private static readonly int[] Dims = [16, 16, 16, 32, 64, 128];
    private static readonly int[] LargeDims = [64, 96, 128, 128, 128, 192, 256];
    private static readonly int[] KeyHeads = [1, 2, 4, 8, 16];
    private static readonly int[] Planes = [0, 1, 2, 4];

    /// <summary>A shape within a selection; engines may not support it.</summary>
    public static KernelShape Any(SeededRandom random, ShapeSelection selection)
    {
        bool large = random.Next(2) == 0;
        return Any(random, selection, large, Tokens(random, large), Sequences(random));
    }

    /// <summary>A shape of a given length and number of sequences, as far as the selection allows them.</summary>
    /// <param name="large">Of production size, not small.</param>
    public static KernelShape Any(SeededRandom random, ShapeSelection selection, bool large, int tokens, int sequences)
    {
        int keyHeads = large ? KeyHeads[random.Next(KeyHeads.Length)] : 1 + random.Next(3);
        int valueHeads = keyHeads * (1 + random.Next(3));
        int keyDim = Dim(random, large);
        int valueDim = random.Next(2) == 0 ? keyDim : Dim(random, large);
        int Within(ShapeAxis axis, int value) => selection.Within(axis, value, random);
        sequences = Within(ShapeAxis.Sequences, sequences);
        return new KernelShape(
            new DeltaRuleShape(
                Within(ShapeAxis.Tokens, tokens), Within(ShapeAxis.KeyHeads, keyHeads), Within(ShapeAxis.ValueHeads, valueHeads),
                Within(ShapeAxis.KeyDim, keyDim), Within(ShapeAxis.ValueDim, valueDim),
                selection.PerChannelGate ?? random.Next(3) == 0),
            sequences,
            Within(ShapeAxis.Planes, Planes[random.Next(Planes.Length)]),
            selection.Map ?? (random.Next(2) == 0 ? HeadMap.Tiled : HeadMap.Grouped),
            sequences + random.Next(4));
    }

    /// <summary>A length.</summary>
    public static int Tokens(SeededRandom random, bool large)
    {
        int chunk = Chunks[random.Next(Chunks.Length)];
        // Large ones are long, or have many heads.
        if (large) return 1 + random.Next(random.Next(2) == 0 ? 9 * chunk : 8);
        return random.Next(7) switch
        {
            0 => 1,
            1 => 2,
            2 => chunk - 1,
            3 => chunk,
            4 => chunk + 1,
            5 => 2 * chunk + 2,
            _ => 1 + random.Next(2 * chunk),
        };
    }

    /// <summary>A number of sequences.</summary>
    public static int Sequences(SeededRandom random) => 1 + random.Next(8);

    // One in four is not a multiple of any vector width.
    private static int Dim(SeededRandom random, bool large) => (random.Next(4), large) switch
    {
        (0, false) => 16 + random.Next(113),
        (0, true) => 16 + random.Next(241),
        (_, false) => Dims[random.Next(Dims.Length)],
        _ => LargeDims[random.Next(LargeDims.Length)],
    };
}
