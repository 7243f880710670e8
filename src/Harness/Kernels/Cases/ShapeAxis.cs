using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>One of the sizes of a kernel call.</summary>
/// <param name="Name">As in the text form of a case, for example <c>Hv</c>.</param>
/// <param name="Usual">Values that engines are asked about, ascending.</param>
/// <param name="Of">The shape's value.</param>
/// <param name="With">The shape with another value; others follow only where they must.</param>
public sealed record ShapeAxis(
    string Name, IReadOnlyList<int> Usual, Func<KernelShape, int> Of, Func<KernelShape, int, KernelShape> With)
{
    /// <summary>Tokens of each sequence.</summary>
    public static ShapeAxis Tokens { get; } = new(
        "T", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048], shape => shape.Rule.Tokens,
        (shape, value) => shape with { Rule = shape.Rule with { Tokens = value } });

    /// <summary>Sequences; the pool keeps its free rows.</summary>
    public static ShapeAxis Sequences { get; } = new(
        "n", [1, 2, 3, 4, 5, 6, 7, 8], shape => shape.Sequences,
        (shape, value) => shape with { Sequences = value, PoolRows = value + shape.PoolRows - shape.Sequences });

    /// <summary>Key heads.</summary>
    public static ShapeAxis KeyHeads { get; } = new(
        "Hk", [1, 2, 3, 4, 8, 16, 32], shape => shape.Rule.KeyHeads,
        (shape, value) => shape with { Rule = shape.Rule with { KeyHeads = value } });

    /// <summary>Value heads.</summary>
    public static ShapeAxis ValueHeads { get; } = new(
        "Hv", [1, 2, 3, 4, 6, 8, 16, 32, 48, 64], shape => shape.Rule.ValueHeads,
        (shape, value) => shape with { Rule = shape.Rule with { ValueHeads = value } });

    /// <summary>Length of a key.</summary>
    public static ShapeAxis KeyDim { get; } = new(
        "K", [16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256], shape => shape.Rule.KeyDim,
        (shape, value) => shape with { Rule = shape.Rule with { KeyDim = value } });

    /// <summary>Length of a value.</summary>
    public static ShapeAxis ValueDim { get; } = new(
        "V", KeyDim.Usual, shape => shape.Rule.ValueDim,
        (shape, value) => shape with { Rule = shape.Rule with { ValueDim = value } });

    /// <summary>Snapshots.</summary>
    public static ShapeAxis Planes { get; } = new(
        "p", [0, 1, 2, 4, 8], shape => shape.Planes, (shape, value) => shape with { Planes = value });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ShapeAxis> All { get; } = [Tokens, Sequences, KeyHeads, ValueHeads, KeyDim, ValueDim, Planes];

    /// <summary>Whether sizes fit together.</summary>
    public static bool FitTogether(in KernelShape shape) =>
        shape.Rule is { Tokens: >= 1, KeyHeads: >= 1, ValueHeads: >= 1, KeyDim: >= 1, ValueDim: >= 1 }
        && shape.Sequences >= 1 && shape.Planes >= 0 && shape.PoolRows >= shape.Sequences
        && shape.Rule.ValueHeads % shape.Rule.KeyHeads == 0;
}
