using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>Looks for the known mistake that gives exactly a kernel's wrong results, up to rounding.</summary>
internal static class MistakeSearch
{
    // What is left must be rounding, and this much smaller than the damage: a mistake whose effect is small explains nothing.
    private const double Separation = 300;

    /// <summary>Largest <see cref="KernelShape.Work"/> of a case that is computed with every mistake.</summary>
    public const double MostWork = 4e6;

    /// <summary>
    /// The mistake's name, two names where the case cannot tell them apart, or null where none explains the results, or many.
    /// </summary>
    /// <param name="data">The case.</param>
    /// <param name="expectation">The right results.</param>
    /// <param name="precision">What the kernel declares.</param>
    /// <param name="actual">The wrong results.</param>
    /// <param name="isOver">Ends the search without an answer.</param>
    public static string? Name(
        KernelData data, KernelExpectation expectation, KernelPrecision precision, KernelRun actual, Func<bool> isOver)
    {
        // Whole numbers of few bits hide what a mistake leaves.
        if (precision.Quantization is not null) return null;
        var found = new List<Mistake>();
        foreach (Mistake mistake in KnownMistakes.All)
        {
            if (isOver()) return null;
            if (Explains(mistake.Compute(data), expectation, precision, actual)) found.Add(mistake);
        }

        IGrouping<string, Mistake>[] names = [.. found.GroupBy(mistake => mistake.Name)];
        return names.Length is 1 or 2 ? string.Join(", or ", names.Select(NameOf)) : null;
    }

    private static string NameOf(IGrouping<string, Mistake> forms)
    {
        string form = string.Join(" or ", forms.Select(mistake => mistake.Form).OfType<string>());
        return form.Length == 0 ? forms.Key : $"{forms.Key} ({form})";
    }

    private static bool Explains(MistakenResults mistaken, KernelExpectation expectation, KernelPrecision precision, KernelRun actual)
    {
        // A kernel that rounds inputs or states does so at every token; a block's bound knows it of the right results only.
        double unit = Math.Max(precision.Accumulator, KernelPrecision.F32)
            + (precision.Inputs > KernelPrecision.F32 ? precision.Inputs : 0)
            + (precision.State > KernelPrecision.F32 ? precision.State : 0);
        (double residual, double damage) = (0, 0);
        foreach (KernelBuffer buffer in Enum.GetValues<KernelBuffer>())
        {
            Expected right = expectation[buffer];
            var wrong = new Expected(mistaken[buffer], right.Bounds);
            ReadOnlySpan<float> values = actual[buffer];
            for (int block = 0; block < right.Bounds.Length; block++)
            {
                double left = wrong.Error(values, block).Norm;
                // Not a number counts as too much.
                if (!(left <= 2 * right.Bounds[block] + 32 * unit * (wrong.Norm(block) + StateNorm(mistaken, buffer, block)))) return false;
                residual += left * left;
                double error = right.Error(values, block).Norm;
                damage += error * error;
            }
        }

        return Math.Sqrt(damage) > Separation * Math.Sqrt(residual);
    }

    // Of the state that a block was read from.
    private static double StateNorm(MistakenResults mistaken, KernelBuffer buffer, int block)
    {
        KernelShape shape = mistaken.Shape;
        int heads = shape.Rule.ValueHeads;
        return buffer == KernelBuffer.Output
            ? mistaken.LargestStates[block / heads / shape.Rule.Tokens * heads + block % heads] / Math.Sqrt(shape.Rule.KeyDim)
            : mistaken.LargestStates[block % mistaken.LargestStates.Length];
    }
}
