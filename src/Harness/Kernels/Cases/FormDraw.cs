using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>Turns shapes of the usual calls into ragged and raw ones, for kernels that take them.</summary>
internal static class FormDraw
{
    private const KernelForms AllRaw = KernelForms.RawGates | KernelForms.RawKeys;
    private static readonly int[] Chunks = [16, 32, 64];

    /// <summary>A third of the shapes becomes ragged, and a third gets raw inputs, as far as that is declared.</summary>
    /// <param name="random">Source.</param>
    /// <param name="declared">What the kernel takes.</param>
    /// <param name="shape">A shape of the usual form; no sequence becomes longer.</param>
    public static KernelShape Any(SeededRandom random, KernelForms declared, KernelShape shape)
    {
        KernelForms raw = declared & AllRaw;
        if (raw != KernelForms.None && random.Next(3) == 0) shape = shape with { RawInputs = SomeOf(raw, random) };
        return declared.HasFlag(KernelForms.Ragged) && random.Next(3) == 0
            ? shape.WithLengths(Lengths(random, shape, declared.HasFlag(KernelForms.EmptySequences)))
            : shape;
    }

    /// <summary>A shape in the usual form, and in each other form that is declared, simpler ones first.</summary>
    public static IEnumerable<KernelShape> Variants(KernelForms declared, KernelShape shape)
    {
        foreach (KernelForms raw in (KernelForms[])[KernelForms.None, KernelForms.RawGates, KernelForms.RawKeys, AllRaw])
        {
            if ((raw & ~declared) != KernelForms.None) continue;
            KernelShape variant = shape with { RawInputs = raw };
            yield return variant;
            if (declared.HasFlag(KernelForms.Ragged))
                yield return variant.WithLengths([.. Enumerable.Repeat(shape.Rule.Tokens, shape.Sequences)]);
        }
    }

    /// <summary>Lengths for a ragged call; the longest is the shape's.</summary>
    public static int[] Lengths(SeededRandom random, in KernelShape shape, bool empty)
    {
        int longest = shape.Rule.Tokens, kind = random.Next(5);
        var lengths = new int[shape.Sequences];
        for (int n = 0; n < lengths.Length; n++)
        {
            lengths[n] = Math.Clamp(
                kind switch
                {
                    // Decode beside prefill, chunk boundaries, equal, any, and as unlike as can be.
                    0 => random.Next(2) == 0 ? 1 : longest,
                    1 => Chunks[random.Next(Chunks.Length)] + random.Next(3) - 1,
                    2 => longest,
                    3 => 1 + random.Next(longest),
                    _ => (int)Math.Pow(longest + 1, random.NextDouble()),
                },
                1, longest);
            if (empty && random.Next(8) == 0) lengths[n] = 0;
        }

        lengths[random.Next(lengths.Length)] = longest;
        return lengths;
    }

    private static KernelForms SomeOf(KernelForms raw, SeededRandom random) => random.Next(3) switch
    {
        0 when raw == AllRaw => KernelForms.RawGates,
        1 when raw == AllRaw => KernelForms.RawKeys,
        _ => raw,
    };
}
