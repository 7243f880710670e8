using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Layers;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Memory;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cuda.Layers;

/// <summary>Linear layers whose states lie in device memory, and never leave it between passes.</summary>
internal sealed class DeviceLinearLayers : ILinearLayers
{
    private readonly ModelConfig _config;
    private readonly List<DeviceDeltaNetBlock> _blocks = [];

    /// <summary>Makes the layers, their states zero.</summary>
    public DeviceLinearLayers(Gpu gpu, BatchedOptions options)
    {
        Gpu = gpu;
        _config = options.Engine.Model.Config;
        DeviceStates = new DeviceStates(gpu, options);
        Pass = new DevicePass(gpu, options.Engine.Planes);
        Inputs = new(gpu.Accelerator);
        Mixed = new(gpu.Accelerator);
        Gates = new(gpu.Accelerator);
        Beta = new(gpu.Accelerator);
        Output = new(gpu.Accelerator);
    }

    /// <inheritdoc/>
    public IRecurrentStates States => DeviceStates;

    /// <inheritdoc/>
    public bool RunsInPlace => true;

    /// <summary>The accelerator.</summary>
    public Gpu Gpu { get; }

    /// <summary>The pools.</summary>
    public DeviceStates DeviceStates { get; }

    /// <summary>The pass.</summary>
    public DevicePass Pass { get; }

    /// <summary>Projected q, k and v of the layer that runs; so are the others of that layer.</summary>
    public DeviceBuffer<float> Inputs { get; }

    /// <summary>The same after the conv.</summary>
    public DeviceBuffer<float> Mixed { get; }

    /// <summary>Decays.</summary>
    public DeviceBuffer<float> Gates { get; }

    /// <summary>Write strengths.</summary>
    public DeviceBuffer<float> Beta { get; }

    /// <summary>Outputs.</summary>
    public DeviceBuffer<float> Output { get; }

    /// <inheritdoc/>
    public IBlock Block(int index, DeltaNetWeights<float> weights)
    {
        var block = new DeviceDeltaNetBlock(_config.DeltaNet!, weights, (float)_config.NormEpsilon, index, this);
        _blocks.Add(block);
        return block;
    }

    /// <inheritdoc/>
    public void Route(RunLayout layout, BatchPlan? plan)
    {
        if (_blocks.Count > 0) Pass.Set(layout, plan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable part in (IEnumerable<IDisposable>)[.. _blocks, DeviceStates, Pass, Inputs, Mixed, Gates, Beta, Output])
            part.Dispose();
    }
}
