using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>Makes a failing conv case smaller.</summary>
internal static class ConvShrinker
{
    /// <summary>Repeats the first reduction that still fails until none does.</summary>
    /// <param name="engine">Only shapes that it supports are tried.</param>
    /// <param name="case">A failing case.</param>
    /// <param name="fails">Whether a case still fails.</param>
    public static ConvCase Shrink(IConvEngine engine, ConvCase @case, Func<ConvCase, bool> fails)
    {
        while (true)
        {
            ConvCase? smaller = Candidates(@case.Shape)
                .Where(shape => engine.Supports(shape))
                .Select(shape => @case with { Shape = shape })
                .FirstOrDefault(fails);
            if (smaller is null) return @case;
            @case = smaller;
        }
    }

    private static IEnumerable<ConvCallShape> Candidates(ConvCallShape shape)
    {
        foreach (int n in Reductions.Of(shape.Sequences, 1)) yield return shape with { Sequences = n };
        foreach (int tokens in Reductions.Of(shape.Tokens, 1)) yield return shape with { Tokens = tokens };
        foreach (int channels in Reductions.Of(shape.Channels, 1)) yield return shape with { Channels = channels };
        foreach (int planes in Reductions.Of(shape.Planes, 0)) yield return shape with { Planes = planes };
        foreach (int rows in Reductions.Of(shape.PoolRows, shape.Sequences)) yield return shape with { PoolRows = rows };
        foreach (int width in Reductions.Of(shape.Width, 2)) yield return shape with { Width = width };
        if (shape.HasBias) yield return shape with { HasBias = false };
        if (shape.HasSiLU) yield return shape with { HasSiLU = false };
    }
}
