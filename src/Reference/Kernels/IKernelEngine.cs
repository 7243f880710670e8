namespace Gdn.Reference.Kernels;

/// <summary>
/// An engine at kernel level: one op, the gated delta rule over several sequences whose states lie in a pool. What
/// it computes per sequence is defined by <see cref="Gdn.Reference.Operators.DeltaRule"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// To put another kernel under test, implement this, converting layouts on the way in and out where they differ,
/// and name its assembly on the command line. Copies and transpositions are exact, so they cost no tolerance.
/// </remarks>
public interface IKernelEngine : IDisposable
{
    /// <summary>Name as on the command line, for example <c>cpu</c>.</summary>
    string Name { get; }

    /// <summary>What the kernel promises about its rounding; it is held to this.</summary>
    KernelPrecision Precision { get; }

    /// <summary>Forms of calls that the kernel takes beside the usual one. Others are never passed to it.</summary>
    KernelForms Forms => KernelForms.None;

    /// <summary>Whether the kernel runs this shape at all; unsupported shapes are never passed to <see cref="Run"/>.</summary>
    bool Supports(in KernelShape shape);

    /// <summary>
    /// Runs the op. Equal calls must give equal bits, and a sequence's results must not depend on the others'
    /// contents. An exception counts as a finding against the kernel; <see cref="Gdn.Reference.InputException"/> and
    /// <see cref="NotSupportedException"/> as the refusal of a size that <see cref="Supports"/> accepts.
    /// </summary>
    void Run(in KernelCall call);
}
