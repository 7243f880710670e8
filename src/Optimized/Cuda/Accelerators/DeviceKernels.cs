using Gdn.Optimized.Cuda.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Accelerators;

/// <summary>The kernels as they are launched, in order, on an accelerator's own stream.</summary>
public sealed class DeviceKernels
{
    private readonly Gpu _gpu;
    private readonly Lazy<Action<KernelConfig, ArrayView<PassSequence>, ArrayView<int>, int, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>>> _conv;
    private readonly Lazy<Action<KernelConfig, ArrayView<PassSequence>, ArrayView<int>, int, int, ArrayView<float>, ArrayView<float>>> _windows;
    private readonly Lazy<Action<KernelConfig, int, int, int, int, float, ArrayView<float>>> _unit;
    private readonly Lazy<Action<KernelConfig, ArrayView<float>>> _beta, _exp;
    private readonly Lazy<Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>>> _decay;
    private readonly Lazy<Action<KernelConfig, ScanSizes, ScanViews>> _columns;
    private readonly ScanLauncher _tiles, _channelTiles, _few, _many;
    private readonly Lazy<Action<KernelConfig, ArrayView<float>, float>> _fill;
    private readonly Lazy<Action<KernelConfig, ArrayView<float>, int>> _multiplyAdds;

    internal DeviceKernels(Gpu gpu)
    {
        _gpu = gpu;
        Accelerator accelerator = gpu.Accelerator;
        _conv = new(() => accelerator.LoadStreamKernel<ArrayView<PassSequence>, ArrayView<int>, int, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>>(ConvKernel.Run));
        _windows = new(() => accelerator.LoadStreamKernel<ArrayView<PassSequence>, ArrayView<int>, int, int, ArrayView<float>, ArrayView<float>>(WindowKernel.Run));
        _unit = new(() => accelerator.LoadStreamKernel<int, int, int, int, float, ArrayView<float>>(UnitKernel.Run));
        _beta = new(() => accelerator.LoadStreamKernel<ArrayView<float>>(GatesKernel.RunBeta));
        _exp = new(() => accelerator.LoadStreamKernel<ArrayView<float>>(GatesKernel.RunExp));
        _decay = new(() => accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>>(GatesKernel.RunDecay));
        _columns = new(() => accelerator.LoadStreamKernel<ScanSizes, ScanViews>(DeltaColumnKernel.Run));
        // With one group the multiprocessor would have nothing to load while that one stores.
        KernelSpecialization two = gpu.IsEmulated ? default : new(DeltaTileKernel.MaxThreads, 2);
        _tiles = new(accelerator, DeltaTileKernel.Run, DeltaTileKernel.RunSquare, two);
        _channelTiles = new(accelerator, DeltaTileKernel.RunChannels, DeltaTileKernel.RunChannelsSquare, two);
        _few = new(accelerator, DeltaStreamKernel.RunFew, DeltaStreamKernel.RunFewSquare);
        _many = new(accelerator, DeltaStreamKernel.RunMany, DeltaStreamKernel.RunManySquare);
        _fill = new(() => accelerator.LoadStreamKernel<ArrayView<float>, float>(FillKernel.Run));
        _multiplyAdds = new(() => accelerator.LoadStreamKernel<ArrayView<float>, int>(MultiplyAddKernel.Run));
    }

    /// <inheritdoc cref="ConvKernel.Run"/>
    public void Conv(
        ArrayView<PassSequence> sequences, ArrayView<int> sequenceOf, int channels, ArrayView<float> x, ArrayView<float> taps,
        ArrayView<float> windows, ArrayView<float> y)
    {
        if (_gpu.IsDirect) ConvKernel.Items(0, 1, sequences, sequenceOf, channels, x, taps, windows, y);
        else _conv.Value(_gpu.Spread(y.Length), sequences, sequenceOf, channels, x, taps, windows, y);
    }

    /// <inheritdoc cref="WindowKernel.Run"/>
    public void Windows(
        ArrayView<PassSequence> sequences, ArrayView<int> targets, int channels, int history, ArrayView<float> x,
        ArrayView<float> windows)
    {
        if (_gpu.IsDirect) WindowKernel.Items(0, 1, sequences, targets, channels, history, x, windows);
        else _windows.Value(_gpu.Spread(sequences.Length * channels), sequences, targets, channels, history, x, windows);
    }

    /// <inheritdoc cref="UnitKernel.Run"/>
    public void Unit(int tokens, int heads, int dim, int stride, float epsilon, ArrayView<float> x)
    {
        if (_gpu.IsDirect) UnitKernel.Items(0, 1, tokens, heads, dim, stride, epsilon, x);
        else _unit.Value(_gpu.Spread((long)tokens * heads), tokens, heads, dim, stride, epsilon, x);
    }

    /// <inheritdoc cref="GatesKernel.RunBeta"/>
    public void Beta(ArrayView<float> beta)
    {
        if (_gpu.IsDirect) GatesKernel.BetaItems(0, 1, beta);
        else _beta.Value(_gpu.Spread(beta.Length), beta);
    }

    /// <inheritdoc cref="GatesKernel.RunExp"/>
    public void Exp(ArrayView<float> gates)
    {
        if (_gpu.IsDirect) GatesKernel.ExpItems(0, 1, gates);
        else _exp.Value(_gpu.Spread(gates.Length), gates);
    }

    /// <inheritdoc cref="GatesKernel.RunDecay"/>
    public void Decay(ArrayView<float> gates, ArrayView<float> negativeA, ArrayView<float> timeStepBias)
    {
        if (_gpu.IsDirect) GatesKernel.DecayItems(0, 1, gates, negativeA, timeStepBias);
        else _decay.Value(_gpu.Spread(gates.Length), gates, negativeA, timeStepBias);
    }

    /// <summary>The gated delta rule over all sequences of a pass, in place on their rows.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="views">Operands.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    public void Scan(in ScanSizes sizes, in ScanViews views, int longest)
    {
        int sequences = views.Sequences.IntLength;
        ScanSizes grouped = sizes with { Threads = _gpu.GroupSize };
        switch (ScanKernels.For(grouped, sequences, longest, _gpu))
        {
            case ScanKernel.Tiles:
                (grouped.Gates == 1 ? _tiles : _channelTiles).Launch(
                    (sequences * grouped.ValueHeads, DeltaTileKernel.ThreadsOf(grouped)), grouped, views);
                break;
            case ScanKernel.StreamFew:
                _few.Launch((sequences * DeltaStreamKernel.GroupsOf(grouped, 2), grouped.Threads), grouped, views);
                break;
            case ScanKernel.StreamMany:
                _many.Launch((sequences * DeltaStreamKernel.GroupsOf(grouped, 4), grouped.Threads), grouped, views);
                break;
            default:
                if (_gpu.IsDirect) DeltaColumnKernel.Items(0, 1, sizes, views);
                else _columns.Value(_gpu.Spread((long)sequences * sizes.ValueHeads * sizes.ValueDim), sizes, views);
                break;
        }
    }

    /// <inheritdoc cref="FillKernel.Run"/>
    public void Fill(ArrayView<float> x, float value)
    {
        if (_gpu.IsDirect) FillKernel.Items(0, 1, x, value);
        else _fill.Value(_gpu.Spread(x.Length), x, value);
    }

    /// <inheritdoc cref="MultiplyAddKernel.Run"/>
    public void MultiplyAdds(ArrayView<float> x, int loops)
    {
        if (_gpu.IsDirect) MultiplyAddKernel.Items(0, 1, x, loops);
        else _multiplyAdds.Value(_gpu.Spread(x.Length), x, loops);
    }
}
