namespace Gdn.Reference.Kernels;

/// <summary>
/// An engine of one op: the causal depthwise convolution over several sequences whose windows lie in a pool. With
/// <c>in</c> the window followed by x, it computes <c>o[t, c] = act(sum_i w[c, i] in[t + i, c] + bias[c])</c> for i = 0 ..
/// W - 1, and leaves the last W - 1 inputs as the window, bit for bit. Not thread-safe.
/// </summary>
public interface IConvEngine : IDisposable
{
    /// <summary>Name as on the command line, for example <c>cpu</c>.</summary>
    string Name { get; }

    /// <summary>Formats of the inputs of products and of the arithmetic; the rest does not apply.</summary>
    KernelPrecision Precision => KernelPrecision.AllF32;

    /// <summary>Whether the op runs this shape at all; unsupported shapes are never passed to <see cref="Run"/>.</summary>
    bool Supports(in ConvCallShape shape);

    /// <summary>
    /// Runs the op. Equal calls must give equal bits, and a sequence's results must not depend on the others' contents. An
    /// exception counts as a finding against the engine.
    /// </summary>
    void Run(in ConvCall call);
}
