using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Cpu;

/// <summary>The convolution of the CPU engine, which always ends with SiLU and knows no bias.</summary>
/// <param name="threads">Threads that work at a time.</param>
internal sealed class CpuConvEngine(int threads = 1) : IConvEngine
{
    private readonly Workers _threads = new(threads);

    /// <inheritdoc/>
    public string Name => "cpu";

    /// <inheritdoc/>
    public bool Supports(in ConvCallShape shape) => shape is { HasBias: false, HasSiLU: true };

    /// <inheritdoc/>
    public void Run(in ConvCall call)
    {
        ConvCallShape shape = call.Shape;
        int channels = shape.Channels, history = shape.Width - 1, length = shape.WindowLength;
        int planes = Math.Max(1, shape.FilledPlanes), source = planes - 1;
        var windows = new float[shape.Sequences * planes * length];
        for (int n = 0; n < shape.Sequences; n++)
            Transpose(
                call.Pool.Slice(call.Rows[n] * length, length), channels, windows.AsSpan((n * planes + source) * length, length));
        var taps = new float[call.Weights.Length];
        Transpose(call.Weights, channels, taps);

        int[] sequenceOfToken = [.. Enumerable.Range(0, shape.Sequences * shape.Tokens).Select(token => token / shape.Tokens)];
        CausalConvKernel.Run(
            new ConvShape(channels, HeadDim: channels, UnitChannels: 0, Epsilon: 0), call.X, taps, sequenceOfToken, windows, planes,
            source, call.Output, _threads);
        int[] starts = [.. Enumerable.Range(0, shape.Sequences + 1).Select(n => n * shape.Tokens)];
        CausalConvKernel.Advance(channels, call.X, starts, windows, planes, source);

        for (int n = 0; n < shape.Sequences; n++)
        {
            ReadOnlySpan<float> own = windows.AsSpan(n * planes * length, planes * length);
            Transpose(own[..length], history, call.Pool.Slice(call.Rows[n] * length, length));
            for (int plane = 0; plane < shape.FilledPlanes; plane++)
                Transpose(
                    own.Slice(plane * length, length), history,
                    call.Snapshots.Slice((plane * shape.Sequences + n) * length, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _threads.Dispose();

    // A matrix of so many rows, on its side.
    private static void Transpose(ReadOnlySpan<float> matrix, int rows, Span<float> result)
    {
        int columns = matrix.Length / rows;
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
    }
}
