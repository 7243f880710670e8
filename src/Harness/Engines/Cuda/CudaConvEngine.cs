using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Optimized.Cuda.Kernels;
using Gdn.Reference.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Harness.Engines.Cuda;

/// <summary>The convolution of the CUDA engine, which always ends with SiLU and knows no bias.</summary>
/// <param name="name">Name as on the command line.</param>
/// <param name="gpu">What it runs on; outlives the engine.</param>
internal sealed class CudaConvEngine(string name, Gpu gpu) : IConvEngine
{
    private readonly DeviceBuffer<float> _x = new(gpu.Accelerator), _taps = new(gpu.Accelerator), _windows = new(gpu.Accelerator);
    private readonly DeviceBuffer<float> _output = new(gpu.Accelerator);
    private readonly DeviceBuffer<int> _targets = new(gpu.Accelerator), _sequenceOf = new(gpu.Accelerator);
    private readonly DeviceBuffer<PassSequence> _sequences = new(gpu.Accelerator);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool Supports(in ConvCallShape shape) => shape is { HasBias: false, HasSiLU: true };

    /// <inheritdoc/>
    public void Run(in ConvCall call)
    {
        ConvCallShape shape = call.Shape;
        int channels = shape.Channels, history = shape.Width - 1, length = shape.WindowLength;
        int planes = Math.Max(1, shape.FilledPlanes), rows = shape.PoolRows + planes * shape.Sequences;
        // Windows of the call are [C, W - 1]; those of the kernel lie the other way. Behind them are the planes.
        var windows = new float[rows * length];
        for (int n = 0; n < shape.Sequences; n++)
            Transpose(call.Pool.Slice(call.Rows[n] * length, length), channels, windows.AsSpan(call.Rows[n] * length, length));
        var taps = new float[call.Weights.Length];
        Transpose(call.Weights, channels, taps);

        var sequences = new PassSequence[shape.Sequences];
        var targets = new int[shape.Sequences * planes];
        var sequenceOf = new int[shape.Sequences * shape.Tokens];
        for (int n = 0; n < shape.Sequences; n++)
        {
            sequences[n] = new PassSequence
            {
                Start = n * shape.Tokens,
                Count = shape.Tokens,
                ConvSource = call.Rows[n],
                ConvTargets = n * planes,
                Planes = planes,
            };
            targets[n * planes] = call.Rows[n];
            for (int plane = 1; plane < planes; plane++) targets[n * planes + plane] = PlaneRow(shape, plane, n);
            sequenceOf.AsSpan(n * shape.Tokens, shape.Tokens).Fill(n);
        }

        AcceleratorStream stream = gpu.Accelerator.DefaultStream;
        ArrayView<PassSequence> sequenceView = _sequences.Upload(sequences);
        ArrayView<float> x = _x.Upload(call.X), pool = _windows.Upload(windows), output = _output.Take(call.Output.Length);
        gpu.Kernels.Conv(sequenceView, _sequenceOf.Upload(sequenceOf), channels, x, _taps.Upload(taps), pool, output);
        gpu.Kernels.Windows(sequenceView, _targets.Upload(targets), channels, history, x, pool);
        output.CopyToCPU(stream, call.Output);
        pool.CopyToCPU(stream, windows.AsSpan());

        for (int n = 0; n < shape.Sequences; n++)
        {
            Transpose(windows.AsSpan(call.Rows[n] * length, length), history, call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < shape.FilledPlanes; plane++)
                Transpose(
                    windows.AsSpan((plane == 0 ? call.Rows[n] : PlaneRow(shape, plane, n)) * length, length), history,
                    call.Snapshots.Slice((plane * shape.Sequences + n) * length, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in (ReadOnlySpan<IDisposable>)[_x, _taps, _windows, _output, _targets, _sequenceOf, _sequences])
            buffer.Dispose();
    }

    private static int PlaneRow(in ConvCallShape shape, int plane, int sequence) =>
        shape.PoolRows + plane * shape.Sequences + sequence;

    // A matrix of so many rows, on its side.
    private static void Transpose(ReadOnlySpan<float> matrix, int rows, Span<float> result)
    {
        int columns = matrix.Length / rows;
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
    }
}
