using Gdn.Optimized.Cpu.Layers;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Kernels;
using Gdn.Reference.Models;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Layers;

/// <summary>
/// A linear layer whose stateful middle runs on the device: its inputs are sent there, conv, gates and delta scan work in place
/// on the pools, and its outputs are fetched.
/// </summary>
internal sealed class DeviceDeltaNetBlock : IBlock, IDisposable
{
    private readonly DeltaNetConfig _config;
    private readonly DeltaNetProjections _projections;
    private readonly float _epsilon;
    private readonly int _index;
    private readonly DeviceLinearLayers _layers;
    private readonly DeviceBuffer<float> _taps, _negativeA, _timeStepBias;
    private readonly ArrayView<float> _tapsView, _negativeAView, _timeStepBiasView;

    /// <summary>Makes the block, its weights on the device.</summary>
    public DeviceDeltaNetBlock(
        DeltaNetConfig config, DeltaNetWeights<float> weights, float epsilon, int index, DeviceLinearLayers layers)
    {
        (_config, _epsilon, _index, _layers) = (config, epsilon, index, layers);
        _projections = new DeltaNetProjections(config, weights, epsilon);
        Accelerator accelerator = layers.Gpu.Accelerator;
        (_taps, _negativeA, _timeStepBias) = (new(accelerator), new(accelerator), new(accelerator));
        _tapsView = _taps.Upload(DeltaNetProjections.Taps(config, weights));
        _negativeAView = _negativeA.Upload(weights.NegativeA);
        _timeStepBiasView = _timeStepBias.Upload(weights.TimeStepBias);
    }

    /// <inheritdoc/>
    public void Run(in RunContext run, ReadOnlySpan<float> x, Span<float> y)
    {
        int tokens = run.Layout.TokenCount;
        Span<float> qkv = run.Scratch.Take(tokens * _config.ConvChannels), z = run.Scratch.Take(tokens * _config.ValueLength);
        Span<float> output = run.Scratch.Take(tokens * _config.ValueLength);
        Span<float> beta = run.Scratch.Take(tokens * _config.ValueHeads), alpha = run.Scratch.Take(tokens * _config.Gates);
        _projections.Run(run, x, qkv, z, beta, alpha);
        Middle(tokens, qkv, alpha, beta, output);
        _projections.Finish(run, output, z, y);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _taps.Dispose();
        _negativeA.Dispose();
        _timeStepBias.Dispose();
    }

    private void Middle(int tokens, ReadOnlySpan<float> qkv, ReadOnlySpan<float> alpha, ReadOnlySpan<float> beta, Span<float> output)
    {
        DeviceKernels kernels = _layers.Gpu.Kernels;
        DevicePass pass = _layers.Pass;
        int channels = _config.ConvChannels, keys = _config.KeyLength;
        ArrayView<float> inputs = _layers.Inputs.Upload(qkv), gates = _layers.Gates.Upload(alpha), strengths = _layers.Beta.Upload(beta);
        ArrayView<float> mixed = _layers.Mixed.Take(qkv.Length), result = _layers.Output.Take(output.Length);
        ArrayView<float> windows = _layers.DeviceStates.Windows(_index);

        kernels.Beta(strengths);
        kernels.Decay(gates, _negativeAView, _timeStepBiasView);
        kernels.Conv(pass.Sequences, pass.SequenceOf, channels, inputs, _tapsView, windows, mixed);
        kernels.Windows(pass.Sequences, pass.ConvTargets, channels, _config.ConvWidth - 1, inputs, windows);
        kernels.Unit(tokens, 2 * _config.KeyHeads, _config.HeadDim, channels, _epsilon, mixed);
        kernels.Scan(
            ScanSizes.Of(_config.Rule(tokens), _config.HeadMap, channels, channels),
            new ScanViews
            {
                Sequences = pass.Sequences,
                Targets = pass.DeltaTargets,
                Q = mixed,
                K = mixed.SubView(keys),
                V = mixed.SubView(2 * keys),
                Decay = gates,
                Beta = strengths,
                States = _layers.DeviceStates.Deltas(_index),
                Output = result,
            },
            pass.Longest);
        result.CopyToCPU(_layers.Gpu.Accelerator.DefaultStream, output);
    }
}
