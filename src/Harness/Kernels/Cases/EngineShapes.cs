using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>What shapes an engine supports, found out by asking it, so that cases are drawn around them.</summary>
public sealed class EngineShapes
{
    private const int RandomAttempts = 10_000;

    private readonly IKernelEngine _engine;

    private EngineShapes(IKernelEngine engine, ShapeSelection selection, KernelShape found)
    {
        (_engine, Selection) = (engine, selection);
        Smallest = Shrink(found);
        MainDim = ((int[])[128, .. ShapeAxis.KeyDim.Usual.Reverse()]).FirstOrDefault(
            dim => Supports(WithDims(Smallest, dim, dim)), Smallest.Rule.KeyDim);
    }

    /// <summary>The shapes that are wanted.</summary>
    public ShapeSelection Selection { get; }

    /// <summary>A shape from which no single size can be made smaller.</summary>
    public KernelShape Smallest { get; }

    /// <summary>Head dimension of its cases that are about something else: 128, as in released models, if it has that.</summary>
    public int MainDim { get; }

    /// <summary>Asks an engine; null if it supports none of some thousand shapes.</summary>
    public static EngineShapes? Of(IKernelEngine engine, ShapeSelection selection)
    {
        var random = new SeededRandom(0);
        IEnumerable<KernelShape> shapes = ProductionSweep.Of(128).Select(template => template.Shape)
            .Concat(Enumerable.Range(0, RandomAttempts).Select(_ => ShapeDraw.Any(random, selection)));
        foreach (KernelShape shape in shapes)
            if (IsWanted(engine, selection, shape)) return new EngineShapes(engine, selection, shape);
        return null;
    }

    /// <summary>Whether a shape is possible, wanted, and supported, in the usual form or in another one that the engine declares.</summary>
    public bool Supports(in KernelShape shape) => IsWanted(_engine, Selection, shape);

    /// <summary>A supported shape in one of its forms: the usual one, if the engine takes that.</summary>
    public KernelShape Simplest(in KernelShape shape) =>
        FormDraw.Variants(_engine.Forms & Selection.Forms, shape).First(variant => _engine.Supports(variant));

    /// <summary>A supported shape in a form that is drawn among those that the engine takes.</summary>
    public KernelShape InSomeForm(in KernelShape shape, SeededRandom random)
    {
        KernelShape drawn = FormDraw.Any(random, _engine.Forms & Selection.Forms, shape);
        return drawn == shape || !_engine.Supports(drawn) ? Simplest(shape) : drawn;
    }

    /// <summary>A shape with other head dimensions.</summary>
    public static KernelShape WithDims(in KernelShape shape, int keyDim, int valueDim) =>
        shape with { Rule = shape.Rule with { KeyDim = keyDim, ValueDim = valueDim } };

    private static bool IsWanted(IKernelEngine engine, ShapeSelection selection, in KernelShape shape) =>
        ShapeAxis.FitTogether(shape) && selection.Allows(shape)
        && FormDraw.Variants(engine.Forms & selection.Forms, shape).Any(variant => engine.Supports(variant));

    // Size by size to the least value, and together those that some engines want to be equal.
    private KernelShape Shrink(KernelShape shape)
    {
        KernelShape before;
        do
        {
            before = shape;
            foreach (ShapeAxis axis in ShapeAxis.All)
                shape = Least(shape, axis, axis.With);
            shape = Least(shape, ShapeAxis.KeyDim, (s, dim) => WithDims(s, dim, dim));
            shape = Least(shape, ShapeAxis.KeyHeads, (s, heads) => s with
            {
                Rule = s.Rule with { KeyHeads = heads, ValueHeads = heads * (s.Rule.ValueHeads / s.Rule.KeyHeads) },
            });
        }
        while (shape != before);
        return shape;
    }

    private KernelShape Least(KernelShape shape, ShapeAxis axis, Func<KernelShape, int, KernelShape> with)
    {
        foreach (int value in Selection.ValuesOf(axis).TakeWhile(value => value < axis.Of(shape)))
            if (with(shape, value) is var smaller && Supports(smaller)) return smaller;
        return shape;
    }
}
