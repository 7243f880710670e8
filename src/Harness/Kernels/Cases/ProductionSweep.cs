using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>A shape of the sweep.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="About">The sizes that it is there for; an engine that lacks others is given those that it has.</param>
internal sealed record SweepShape(KernelShape Shape, params IReadOnlyList<ShapeAxis> About)
{
    /// <summary>What it is there for, for example <c>Hk 16, Hv 48</c>.</summary>
    public string Name => string.Join(", ", About.Select(axis => FormattableString.Invariant($"{axis.Name} {axis.Of(Shape)}")));
}

/// <summary>
/// The shapes that released models and their servers run, always the same ones: head counts and head dimensions of hybrid
/// models, long prompts, full decode batches, and every length modulo the usual chunks. What random small cases do not reach.
/// </summary>
internal static class ProductionSweep
{
    // Of released models, and of their shares on several devices.
    private static readonly (int Key, int Value)[] Heads =
        [(2, 4), (2, 8), (4, 8), (4, 16), (8, 16), (8, 32), (16, 16), (16, 32), (16, 48), (16, 64), (32, 32)];

    private static readonly (int Key, int Value)[] Dims =
    [
        (64, 64), (96, 96), (128, 128), (192, 192), (256, 256), (80, 80), (112, 112), (160, 160), (224, 224), (64, 128), (128, 64),
        (192, 128), (128, 256), (256, 128),
    ];

    // Two full turns of the largest usual chunk, short and long, for one sequence; one turn for several.
    private static readonly int[] LengthsAlone = [.. Enumerable.Range(1, 128), .. Enumerable.Range(193, 128)];
    private static readonly int[] LengthsTogether = [.. Enumerable.Range(65, 64)];

    /// <summary>The sweep.</summary>
    /// <param name="dim">Head dimension of the shapes that are about something else.</param>
    public static IEnumerable<SweepShape> Of(int dim)
    {
        KernelShape Shape(int tokens, int sequences, (int Key, int Value) heads, int planes = 0, bool perChannel = false) => new(
            new DeltaRuleShape(tokens, heads.Key, heads.Value, dim, dim, perChannel), sequences, planes,
            (heads.Key + tokens) % 2 == 0 ? HeadMap.Tiled : HeadMap.Grouped, sequences + tokens % 3);

        // Decode and verify batches, full and not.
        for (int n = 1; n <= 8; n++)
        {
            yield return new(Shape(1, n, n is 1 or 3 or 8 ? (16, 32) : (4, 8)), ShapeAxis.Sequences, ShapeAxis.Tokens);
            yield return new(Shape(5, n, (2, 4), planes: 5), ShapeAxis.Sequences);
            yield return new(Shape(64, n, (1, 2), planes: n % 3), ShapeAxis.Sequences);
        }

        foreach ((int Key, int Value) heads in Heads)
        {
            yield return new(Shape(1, 2, heads), ShapeAxis.KeyHeads, ShapeAxis.ValueHeads);
            yield return new(Shape(70, 1, heads, planes: 2), ShapeAxis.KeyHeads, ShapeAxis.ValueHeads);
        }

        foreach ((int key, int value) in Dims)
            foreach (KernelShape shape in (KernelShape[])[Shape(1, 3, (2, 4)), Shape(70, 2, (2, 4), 3), Shape(300, 1, (1, 2))])
                yield return new(EngineShapes.WithDims(shape, key, value), ShapeAxis.KeyDim, ShapeAxis.ValueDim);

        foreach (KernelShape shape in (KernelShape[])
            [
                Shape(300, 1, (16, 32)), Shape(300, 4, (2, 4)), Shape(512, 2, (2, 4)), Shape(1000, 1, (1, 2), 1), Shape(2048, 1, (2, 4)),
                Shape(2049, 2, (1, 1), 4),
            ])
            yield return new(shape, ShapeAxis.Tokens);

        // One gate per channel, as in KDA.
        foreach (KernelShape shape in (KernelShape[])
            [
                Shape(1, 4, (32, 32), 0, true), Shape(70, 1, (32, 32), 2, true), Shape(300, 2, (2, 4), 1, true),
                Shape(16, 3, (4, 4), 4, true), Shape(64, 2, (4, 4), 1, true), Shape(129, 1, (4, 8), 0, true),
            ])
            yield return new(shape, ShapeAxis.Tokens);

        foreach (int tokens in LengthsAlone) yield return new(Shape(tokens, 1, (1, 1), tokens % 5), ShapeAxis.Tokens);
        foreach (int tokens in LengthsTogether) yield return new(Shape(tokens, 2, (1, 1), tokens % 3), ShapeAxis.Tokens, ShapeAxis.Sequences);
    }

    /// <summary>
    /// The sweep for one engine: each shape with what the engine lacks, and the shape is not about, replaced by what it has.
    /// </summary>
    /// <param name="shapes">What the engine supports.</param>
    /// <returns>The shapes, and what no supported shape could be found for.</returns>
    public static (IReadOnlyList<KernelShape> Shapes, IReadOnlyList<SweepShape> Missing) For(EngineShapes shapes)
    {
        var found = new List<KernelShape>();
        var missing = new List<SweepShape>();
        foreach (SweepShape wanted in Of(shapes.MainDim))
        {
            KernelShape? nearest = Nearest(wanted, shapes);
            if (nearest is { } shape) found.Add(shape);
            else missing.Add(wanted);
        }

        return ([.. found.Distinct()], missing);
    }

    private static KernelShape? Nearest(SweepShape wanted, EngineShapes shapes)
    {
        KernelShape shape = wanted.Shape, smallest = shapes.Smallest;
        if (shapes.Supports(shape)) return shape;
        shape = shape with
        {
            HeadMap = smallest.HeadMap,
            Planes = smallest.Planes,
            Rule = shape.Rule with { PerChannelGate = smallest.Rule.PerChannelGate },
        };
        // What is least worth keeping goes first.
        foreach (ShapeAxis[] axes in (ShapeAxis[][])
            [
                [], [ShapeAxis.KeyHeads, ShapeAxis.ValueHeads], [ShapeAxis.Sequences], [ShapeAxis.Tokens],
                [ShapeAxis.KeyDim, ShapeAxis.ValueDim],
            ])
        {
            foreach (ShapeAxis axis in axes)
                if (!wanted.About.Contains(axis)) shape = axis.With(shape, axis.Of(smallest));
            if (shapes.Supports(shape)) return shape;
        }

        return null;
    }
}
