using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// What a convolution must compute: windows bit for bit, since nothing is calculated there, and outputs in double precision
/// with the largest error of each.
/// </summary>
/// <remarks>
/// A sum of n products errs by <c>gamma(n) = n u / (1 - n u)</c> of the sum of their magnitudes, rounded inputs by 2p of
/// it, u and p the units of arithmetic and inputs. SiLU, whose slope is below 1.1, passes that on; its own sigmoid errs by
/// <c>(8 + 2|s|) u</c> of the result for an exponential to 2 ulp of a rounded argument, or by 2u by way of tanh.
/// </remarks>
internal sealed class ConvExpectation
{
    private const double SteepestSiLU = 1.1, Underflow = 1e-36;

    private readonly ConvData _data;
    private readonly ConvCallShape _shape;

    /// <summary>Computes the outputs.</summary>
    /// <param name="data">The case.</param>
    /// <param name="precision">What the engine declares.</param>
    public ConvExpectation(ConvData data, KernelPrecision precision)
    {
        (_data, _shape) = (data, data.Case.Shape);
        Output = new double[_shape.InputLength];
        Bounds = new double[_shape.InputLength];
        double u = precision.Accumulator, inputs = precision.Inputs > KernelPrecision.F32 ? precision.Inputs : 0;
        int terms = _shape.Width + 1;
        double gamma = terms * u / (1 - terms * u);
        for (int i = 0; i < Output.Length; i++)
        {
            int channel = i % _shape.Channels, token = i / _shape.Channels;
            double sum = _shape.HasBias ? data.Bias[channel] : 0, magnitude = Math.Abs(sum);
            for (int tap = 0; tap < _shape.Width; tap++)
            {
                double product = (double)data.Weights[channel * _shape.Width + tap]
                    * Input(token / _shape.Tokens, token % _shape.Tokens + tap - (_shape.Width - 1), channel);
                sum += product;
                magnitude += Math.Abs(product);
            }

            double error = (gamma + 2 * inputs) * magnitude;
            Output[i] = _shape.HasSiLU ? Activations.SiLU(sum) : sum;
            Bounds[i] = Underflow + (_shape.HasSiLU
                ? SteepestSiLU * error + u * ((8 + 2 * Math.Abs(sum)) * Math.Abs(Output[i]) + 2 * Math.Abs(sum))
                : error);
        }
    }

    /// <summary>o <c>[n_seqs, T, C]</c>.</summary>
    public double[] Output { get; }

    /// <summary>The largest error of each element.</summary>
    public double[] Bounds { get; }

    /// <summary>Windows some tokens before the end: <c>[n_seqs, C, W - 1]</c>.</summary>
    public float[] Windows(int tokensBeforeEnd)
    {
        var windows = new float[_shape.Sequences * _shape.WindowLength];
        int history = _shape.Width - 1;
        for (int i = 0; i < windows.Length; i++)
            windows[i] = Input(
                i / _shape.WindowLength, _shape.Tokens - tokensBeforeEnd - history + i % history, i / history % _shape.Channels);
        return windows;
    }

    // The input at a token, or of the window before the first one.
    private float Input(int sequence, int token, int channel)
    {
        int history = _shape.Width - 1;
        return token >= 0
            ? _data.X[(sequence * _shape.Tokens + token) * _shape.Channels + channel]
            : _data.Pool[_data.Rows[sequence] * _shape.WindowLength + channel * history + history + token];
    }
}
