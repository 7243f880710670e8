using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Engines.Reference;

/// <summary>The scalar reference of the convolution as an engine: single precision, one sequence after the other.</summary>
internal sealed class ReferenceConvEngine : IConvEngine
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public bool Supports(in ConvCallShape shape) => true;

    /// <inheritdoc/>
    public void Run(in ConvCall call)
    {
        ConvCallShape shape = call.Shape;
        int channels = shape.Channels, history = shape.Width - 1, length = shape.WindowLength;
        for (int n = 0; n < shape.Sequences; n++)
        {
            Span<float> window = call.Pool.Slice(call.Rows[n] * length, length);
            Span<float> output = call.Output.Slice(n * shape.Tokens * channels, shape.Tokens * channels);
            // The operator keeps windows as [W - 1, C].
            float[] state = Transposed(window, channels, history), snapshots = new float[shape.FilledPlanes * length];
            CausalConv.Run(
                channels, call.X.Slice(n * output.Length, output.Length), call.Weights, state.AsSpan(), output, snapshots.AsSpan());
            Transposed(state, history, channels).CopyTo(window);
            for (int plane = 0; plane < shape.FilledPlanes; plane++)
                Transposed(snapshots.AsSpan(plane * length, length), history, channels)
                    .CopyTo(call.Snapshots[((plane * shape.Sequences + n) * length)..]);
            if (shape.HasBias)
                for (int i = 0; i < output.Length; i++) output[i] += call.Bias[i % channels];
            if (shape.HasSiLU) Activations.SiLU(output);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private static float[] Transposed(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
        return result;
    }
}
