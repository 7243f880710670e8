using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Layers;
using Gdn.Reference;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cuda;

/// <summary>
/// A host with a GPU: recurrent states lie in the GPU's memory, and what works on them runs there. Attention, feed-forward blocks
/// and projections run on the host.
/// </summary>
public static class CudaDevice
{
    /// <summary>An engine on a new device.</summary>
    /// <param name="name">Name in reports.</param>
    /// <param name="options">Model, capacities and policies.</param>
    /// <param name="gpu">What the recurrent part runs on; outlives the engine.</param>
    /// <exception cref="InputException">States are to be kept in 16 bits, or the model does not suit the host.</exception>
    public static BatchedEngine Engine(string name, BatchedOptions options, Gpu gpu)
    {
        if (options.StateFormat != StateFormat.F32)
            throw new InputException($"engine '{name}'", $"it does not keep states in {options.StateFormat}", "use F32 states");
        return new BatchedEngine(name, options, new CpuDevice(options, threads: 1, new DeviceLinearLayers(gpu, options)));
    }
}
