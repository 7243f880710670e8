using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Reference.Models;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Memory;

/// <summary>
/// Recurrent states in device memory: for each linear layer a pool of conv windows and a pool of S, with a row
/// <c>slot * P + plane</c> for every plane of every slot.
/// </summary>
public sealed class DeviceStates : IRecurrentStates, IDisposable
{
    private readonly Gpu _gpu;
    private readonly int _planes;
    private readonly MemoryBuffer1D<float, Stride1D.Dense>[] _windows, _deltas;
    private readonly int _window, _delta;

    /// <summary>Makes the states, all zero.</summary>
    public DeviceStates(Gpu gpu, BatchedOptions options)
    {
        ModelConfig config = options.Engine.Model.Config;
        _gpu = gpu;
        _planes = options.Engine.Planes;
        (_window, _delta) = (config.DeltaNet?.ConvStateLength ?? 0, config.DeltaNet?.DeltaStateLength ?? 0);
        long rows = (long)options.DeviceSlots * _planes;
        Lengths = [.. config.RecurrentLayers.Where(isRecurrent => isRecurrent).Select(_ => _window + _delta)];
        _windows = [.. Lengths.Select(_ => Zeros(rows * _window))];
        _deltas = [.. Lengths.Select(_ => Zeros(rows * _delta))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>A layer's conv windows <c>[rows, W - 1, C]</c>.</summary>
    public ArrayView<float> Windows(int layer) => _windows[layer].View;

    /// <summary>A layer's S <c>[rows, Hv, K, V]</c>.</summary>
    public ArrayView<float> Deltas(int layer) => _deltas[layer].View;

    /// <inheritdoc/>
    public void Zero(int slot)
    {
        for (int layer = 0; layer < Lengths.Count; layer++)
        {
            _gpu.Kernels.Fill(Window(layer, slot, 0), 0);
            _gpu.Kernels.Fill(Delta(layer, slot, 0), 0);
        }
    }

    /// <inheritdoc/>
    public void Fill(int slot, float value)
    {
        for (int layer = 0; layer < Lengths.Count; layer++)
        {
            _gpu.Kernels.Fill(Window(layer, slot, 0, _planes), value);
            _gpu.Kernels.Fill(Delta(layer, slot, 0, _planes), value);
        }
    }

    /// <inheritdoc/>
    public void Copy(int source, int plane, int target, int position)
    {
        for (int layer = 0; layer < Lengths.Count; layer++)
        {
            Window(layer, target, 0).CopyFrom(Window(layer, source, plane));
            Delta(layer, target, 0).CopyFrom(Delta(layer, source, plane));
        }
    }

    /// <inheritdoc/>
    public float[] Export(int layer, int slot, int plane, int position)
    {
        var state = new float[_window + _delta];
        Window(layer, slot, plane).CopyToCPU(_gpu.Accelerator.DefaultStream, state.AsSpan(0, _window));
        Delta(layer, slot, plane).CopyToCPU(_gpu.Accelerator.DefaultStream, state.AsSpan(_window));
        return state;
    }

    /// <inheritdoc/>
    public void Import(int layer, int slot, int position, ReadOnlySpan<float> state)
    {
        Window(layer, slot, 0).CopyFromCPU(_gpu.Accelerator.DefaultStream, state[.._window]);
        Delta(layer, slot, 0).CopyFromCPU(_gpu.Accelerator.DefaultStream, state[_window..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryBuffer1D<float, Stride1D.Dense> pool in _windows.Concat(_deltas)) pool.Dispose();
    }

    private ArrayView<float> Window(int layer, int slot, int plane, int count = 1) =>
        Windows(layer).SubView(((long)slot * _planes + plane) * _window, (long)count * _window);

    private ArrayView<float> Delta(int layer, int slot, int plane, int count = 1) =>
        Deltas(layer).SubView(((long)slot * _planes + plane) * _delta, (long)count * _delta);

    private MemoryBuffer1D<float, Stride1D.Dense> Zeros(long length)
    {
        MemoryBuffer1D<float, Stride1D.Dense> pool = _gpu.Accelerator.Allocate1D<float>(length);
        pool.MemSetToZero();
        return pool;
    }
}
