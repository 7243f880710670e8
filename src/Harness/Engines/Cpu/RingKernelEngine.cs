using Gdn.Harness.Reports;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>
/// The delta scan of the CPU engine on a checkpoint and a ring. States of a call become checkpoints, and what it leaves in the ring
/// is added to them.
/// </summary>
/// <param name="length">L: tokens between checkpoints.</param>
/// <param name="threads">Threads that work at a time.</param>
public sealed class RingKernelEngine(int length, int threads = 1) : ITimedKernelEngine
{
    private readonly Workers _threads = new(threads);

    /// <inheritdoc/>
    public string Name => $"cpu+ring:{length}";

    /// <inheritdoc/>
    public string Version => RunEnvironment.Current.Tool;

    /// <inheritdoc/>
    public KernelPrecision Precision => KernelPrecision.AllF32 with { Chunk = length, MultipliesDecays = true };

    /// <inheritdoc/>
    public KernelForms Forms => KernelForms.Ragged | KernelForms.EmptySequences;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) =>
        shape.Rule is { KeyDim: <= DeltaScan.MaxKeyDim, ValueDim: <= DeltaScan.MaxValueDim };

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        using IPreparedKernel prepared = Prepare(call);
        prepared.Run();
        prepared.Store(call);
    }

    /// <inheritdoc/>
    public IPreparedKernel Prepare(in KernelCall call) => new RingPreparedKernel(call, length, _threads);

    /// <inheritdoc/>
    public void Dispose() => _threads.Dispose();
}
