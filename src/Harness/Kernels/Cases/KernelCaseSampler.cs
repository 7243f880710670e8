using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// The cases of a campaign on one engine: random ones, mostly small, and those of the <see cref="ProductionSweep"/>. A function
/// of the seed, the index, and what the engine supports.
/// </summary>
public sealed class KernelCaseSampler
{
    // Many small cases say more than few large ones, but not everything.
    private const int LargeOneIn = 12, LargeFactor = 100;

    // Cases of the sweep that are run in another form as well, of engines that declare any.
    private const int OtherFormOneIn = 3;

    // An engine without small shapes gets cases of some of its tokens, as many as a small case has.
    private const int LeastTokens = 24;

    private const int Attempts = 10_000, PatienceWithRefusals = 20;
    private static readonly InputRegime[] Regimes = Enum.GetValues<InputRegime>();

    // A wrong state or gate shows in these whatever it is; fast or absent decay would hide some.
    private static readonly InputRegime[] SweepRegimes =
        [InputRegime.SlowGates, InputRegime.SlowGates, InputRegime.ClusteredKeys, InputRegime.OppositeKeys];

    private readonly double _maxWork;

    private KernelCaseSampler(EngineShapes shapes, long maxWork)
    {
        Shapes = shapes;
        _maxWork = Math.Max(maxWork, Math.Max(1, LeastTokens / (double)shapes.Smallest.Rule.Tokens) * shapes.Smallest.Work);
    }

    /// <summary>What the engine supports.</summary>
    public EngineShapes Shapes { get; }

    /// <summary>Asks the engine what it supports.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="maxWork">Largest <see cref="KernelShape.Work"/> of most cases, unless all that it supports is larger.</param>
    /// <param name="selection">Which shapes are wanted; null for all.</param>
    /// <exception cref="InputException">The engine supports no shape of all that were tried.</exception>
    public static KernelCaseSampler For(IKernelEngine engine, long maxWork, ShapeSelection? selection = null) =>
        EngineShapes.Of(engine, selection ?? ShapeSelection.All) is { } shapes
            ? new KernelCaseSampler(shapes, maxWork)
            : throw new InputException(
                $"kernel engine '{engine.Name}'", "it supports none of some thousand shapes",
                "name one that it supports with --shapes, for example K128,V128,T64, or see what its Supports accepts");

    /// <summary>The cases of the sweep, and the names of what the engine has no shape for.</summary>
    /// <param name="seed">The campaign's seed.</param>
    public (IReadOnlyList<KernelCase> Cases, IReadOnlyList<string> Missing) Sweep(ulong seed)
    {
        (IReadOnlyList<KernelShape> shapes, IReadOnlyList<SweepShape> missing) = ProductionSweep.For(Shapes);
        var random = new SeededRandom(~seed);
        // Kernels that take ragged or raw calls have paths of their own for those, too.
        IEnumerable<KernelShape> others = shapes.Where((_, i) => i % OtherFormOneIn == 0)
            .Select(shape => Shapes.InSomeForm(shape, random)).Where(shape => shape.Forms != KernelForms.None);
        return (
            [.. shapes.Select(shape => Shapes.Simplest(shape)).Concat(others).Distinct().Select((shape, i) => new KernelCase(
                shape, SweepRegimes[i % SweepRegimes.Length], SeededRandom.Derive(~seed, (ulong)i)))],
            [.. missing.Select(shape => shape.Name).Distinct()]);
    }

    /// <summary>Random case <paramref name="index"/> of a campaign; regimes take turns.</summary>
    /// <param name="seed">The campaign's seed.</param>
    /// <param name="index">From 0.</param>
    public KernelCase Draw(ulong seed, int index)
    {
        var random = new SeededRandom(SeededRandom.Derive(seed, (ulong)index));
        bool large = random.Next(LargeOneIn) == 0;
        double maxWork = large ? LargeFactor * _maxWork : _maxWork;
        (int tokens, int sequences) = (ShapeDraw.Tokens(random, large), ShapeDraw.Sequences(random));
        KernelShape shape = Shapes.Smallest;
        int refusals = 0;
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            KernelShape drawn = ShapeDraw.Any(random, Shapes.Selection, large, tokens, sequences);
            if (refusals > PatienceWithRefusals && attempt % 2 == 0) drawn = NearSmallest(drawn, random);
            if (drawn.Work <= maxWork && !KernelCase.IsTooLarge(drawn))
            {
                if (Shapes.Supports(drawn))
                {
                    shape = drawn;
                    break;
                }

                refusals++;
            }

            // Sequences stay as long as they can, and tokens longer: large ones must not lose out against the limit.
            if (attempt % 100 == 0) sequences = ShapeDraw.Sequences(random);
            if (attempt % 1000 == 0) tokens = ShapeDraw.Tokens(random, large);
        }

        ulong caseSeed = random.NextUInt64();
        return new KernelCase(Shapes.InSomeForm(shape, random), Regimes[index % Regimes.Length], caseSeed);
    }

    // For engines with few shapes: some sizes as in one that is supported.
    private KernelShape NearSmallest(KernelShape shape, SeededRandom random)
    {
        KernelShape smallest = Shapes.Smallest;
        foreach (ShapeAxis axis in ShapeAxis.All)
            if (random.Next(2) == 0) shape = axis.With(shape, axis.Of(smallest));
        if (random.Next(2) == 0) shape = shape with { HeadMap = smallest.HeadMap };
        return random.Next(2) == 0
            ? shape with { Rule = shape.Rule with { PerChannelGate = smallest.Rule.PerChannelGate } }
            : shape;
    }
}
