using Gdn.Harness.Reports;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Cuda;

/// <summary>The delta scan of the CUDA engine, in place on the rows of a pool in device memory.</summary>
/// <param name="name">Name as on the command line.</param>
/// <param name="gpu">What it runs on; outlives the engine.</param>
public sealed class CudaKernelEngine(string name, Gpu gpu) : ITimedKernelEngine
{
    private const int MaxDim = 256;

    // State elements visited; more would take the CPU seconds.
    private const double MaxEmulatedWork = 1 << 22;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Version => $"{RunEnvironment.Current.Tool} on {gpu.Description}";

    /// <inheritdoc/>
    public KernelPrecision Precision => KernelPrecision.AllF32;

    /// <inheritdoc/>
    public KernelForms Forms =>
        KernelForms.Ragged | KernelForms.EmptySequences | KernelForms.RawGates | KernelForms.RawKeys;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) =>
        shape.Rule is { KeyDim: <= MaxDim, ValueDim: <= MaxDim } && (!gpu.IsEmulated || shape.Work <= MaxEmulatedWork);

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        using IPreparedKernel prepared = Prepare(call);
        prepared.Run();
        prepared.Store(call);
    }

    /// <inheritdoc/>
    public IPreparedKernel Prepare(in KernelCall call) => new CudaPreparedKernel(call, gpu);

    /// <inheritdoc/>
    public KernelCeilings? Ceilings(long bytes) => new(DeviceProbe.Bandwidth(gpu, bytes), DeviceProbe.MultiplyAdds(gpu));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
