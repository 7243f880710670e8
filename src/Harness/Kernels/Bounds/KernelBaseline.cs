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
    public double[] Errors(KernelBuffer buffer, Expected expected)
    {
        var errors = new double[expected.Bounds.Length];
        foreach (KernelRun run in _runs)
        {
            ReadOnlySpan<float> values = run[buffer];
            for (int block = 0; block < errors.Length; block++)
                errors[block] = Math.Max(errors[block], expected.Error(values, block).Norm);
        }

        return errors;
    }
}
