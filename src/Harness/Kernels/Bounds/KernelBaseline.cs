using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// The errors of an honest kernel on a case, block by block. Few roundings can decide about a whole block, a decay's for example,
/// and may cancel by luck: two kernels are emulated, and the larger error counts.
/// </summary>
internal sealed class KernelBaseline
{
    private readonly KernelRun[] _runs;

    /// <summary>Runs the emulations.</summary>
    /// <param name="data">The case.</param>
    /// <param name="precision">What the kernel to be judged declares.</param>
    public KernelBaseline(KernelData data, KernelPrecision precision) => _runs =
    [
        KernelRun.Execute(new EmulatedKernelEngine(precision), data),
        KernelRun.Execute(new EmulatedKernelEngine(precision, other: true), data),
    ];

    /// <summary>Norms of the errors of each block of a result.</summary>
    public double[] Errors(KernelBuffer buffer, Expected expected) => Errors(buffer, expected, Math.Max);

    /// <summary>The smaller ones: errors that every honest kernel makes, unless it is lucky in the whole block.</summary>
    public double[] LeastErrors(KernelBuffer buffer, Expected expected) => Errors(buffer, expected, Math.Min);

    private double[] Errors(KernelBuffer buffer, Expected expected, Func<double, double, double> choose)
    {
        ReadOnlySpan<float> one = _runs[0][buffer], other = _runs[1][buffer];
        var errors = new double[expected.Bounds.Length];
        for (int block = 0; block < errors.Length; block++)
            errors[block] = choose(expected.Error(one, block).Norm, expected.Error(other, block).Norm);
        return errors;
    }
}
