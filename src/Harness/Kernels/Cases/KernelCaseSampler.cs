using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// Draws shapes: lengths around multiples of usual chunk sizes, head dimensions real and odd, one to eight
/// sequences, fewer key heads than value heads, both head maps and kinds of gate, pools with free rows.
/// </summary>
public static class KernelCaseSampler
{
    private const int Attempts = 10_000;
    private static readonly int[] Chunks = [16, 32, 64, 64];
    private static readonly int[] Dims = [16, 16, 16, 32, 64, 128];
    private static readonly int[] Planes = [0, 1, 2, 4];
    private static readonly InputRegime[] Regimes = Enum.GetValues<InputRegime>();

    /// <summary>Case <paramref name="index"/> of a campaign; regimes take turns.</summary>
    /// <param name="engine">Only shapes that it supports are drawn.</param>
    /// <param name="seed">The campaign's seed.</param>
    /// <param name="index">From 0.</param>
    /// <param name="maxWork">Largest <see cref="KernelShape.Work"/>.</param>
    /// <exception cref="InputException">The engine supports no shape of that size.</exception>
    public static KernelCase Draw(IKernelEngine engine, ulong seed, int index, long maxWork)
    {
        var random = new SeededRandom(SeededRandom.Derive(seed, (ulong)index));
        (int tokens, int sequences) = (DrawTokens(random), DrawSequences(random));
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            KernelShape shape = DrawShape(random, tokens, sequences);
            if (shape.Work <= maxWork && engine.Supports(shape))
                return new KernelCase(shape, Regimes[index % Regimes.Length], random.NextUInt64());
            // Sequences stay as long as they can, and tokens longer: large ones must not lose out against the limit.
            if (attempt % 100 == 0) sequences = DrawSequences(random);
            if (attempt % 1000 == 0) tokens = DrawTokens(random);
        }

        throw new InputException(
            $"kernel engine '{engine.Name}'", $"supports none of {Attempts} shapes of up to {maxWork} state elements",
            "allow larger cases, or check what its Supports accepts");
    }

    private static int DrawTokens(SeededRandom random)
    {
        int chunk = Chunks[random.Next(Chunks.Length)];
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

    private static int DrawSequences(SeededRandom random) => 1 + random.Next(8);

    private static KernelShape DrawShape(SeededRandom random, int tokens, int sequences)
    {
        int keyHeads = 1 + random.Next(3);
        int valueHeads = keyHeads * (1 + random.Next(3));
        int keyDim = DrawDim(random);
        int valueDim = random.Next(2) == 0 ? keyDim : DrawDim(random);
        return new KernelShape(
            new DeltaRuleShape(tokens, keyHeads, valueHeads, keyDim, valueDim, PerChannelGate: random.Next(3) == 0),
            sequences,
            Planes[random.Next(Planes.Length)],
            random.Next(2) == 0 ? HeadMap.Tiled : HeadMap.Grouped,
            sequences + random.Next(4));
    }

    // One in four is not a multiple of any vector width.
    private static int DrawDim(SeededRandom random) =>
        random.Next(4) == 0 ? 16 + random.Next(113) : Dims[random.Next(Dims.Length)];
}
