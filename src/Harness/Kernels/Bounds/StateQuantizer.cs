using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>States of one head <c>[K, V]</c> as whole numbers with a scale per block: rounds them, and tells what that may cost.</summary>
internal sealed class StateQuantizer
{
    // Half the spacing of the smallest numbers of half precision: such scales lose much, or are zero.
    private const double F16Underflow = 1.0 / (1 << 25);

    // In units of u of single precision: what scale and product are rounded by, and some for another order of operations.
    private const double Roundings = 8;

    private readonly int _levels, _rows, _row, _rowStep, _stride, _block;

    /// <summary>For the states of a shape.</summary>
    /// <param name="quantization">How they are kept.</param>
    /// <param name="rule">The shape.</param>
    public StateQuantizer(in StateQuantization quantization, in DeltaRuleShape rule)
    {
        _levels = quantization.Levels;
        _block = quantization.BlockLength(rule);
        (_rows, _row, _rowStep, _stride) = quantization.AlongKeys
            ? (rule.ValueDim, rule.KeyDim, 1, rule.ValueDim)
            : (rule.KeyDim, rule.ValueDim, rule.ValueDim, 1);
    }

    /// <summary>Blocks of a head, those of the last row last.</summary>
    public int Blocks => _rows * BlocksOfRow;

    private int BlocksOfRow => (_row + _block - 1) / _block;

    /// <summary>Index of a block's first element in the head's state, and how many elements it has.</summary>
    public (int Start, int Length) this[int block]
    {
        get
        {
            int first = block % BlocksOfRow * _block;
            return (block / BlocksOfRow * _rowStep + first * _stride, Math.Min(_block, _row - first));
        }
    }

    /// <summary>Rounds a state to what is kept of it.</summary>
    /// <param name="state">S <c>[K, V]</c></param>
    /// <param name="other">By the other convention: the scale has the sign of the element of largest magnitude, which is then
    /// -(L + 1) times it, and half precision. That is how ggml's Q4_0 does it.</param>
    public void Round(Span<float> state, bool other)
    {
        for (int block = 0; block < Blocks; block++)
        {
            (int start, int length) = this[block];
            float extreme = Extreme(state, start, length);
            float step = other ? extreme / -(_levels + 1) : MathF.Abs(extreme) / _levels;
            float scale = other ? (float)(Half)step : step;
            for (int i = start, end = start + length * _stride; i < end; i += _stride)
                state[i] = step == 0 ? 0 : scale * Math.Clamp(MathF.Round(state[i] / step), -(_levels + 1), _levels);
        }
    }

    /// <summary>
    /// Largest norm of what rounding a state takes from it, whatever the convention. An element x of a block whose largest
    /// magnitude is m loses half a step of m / L, or what is beyond L steps of m / (L + 1), and <c>|x|</c> times the relative
    /// error of a scale in half precision.
    /// </summary>
    /// <param name="state">S <c>[K, V]</c></param>
    public double Loss(ReadOnlySpan<double> state)
    {
        double sum = 0;
        for (int block = 0; block < Blocks; block++)
        {
            (int start, int length) = this[block];
            int end = start + length * _stride;
            double largest = 0;
            for (int i = start; i < end; i += _stride) largest = Math.Max(largest, Math.Abs(state[i]));
            if (largest == 0) continue;
            double halfStep = 0.5 * largest / _levels, kept = largest * _levels / (_levels + 1), scaleError = ScaleError(largest);
            for (int i = start; i < end; i += _stride)
            {
                double magnitude = Math.Abs(state[i]), loss = Math.Max(halfStep, magnitude - kept) + scaleError * magnitude;
                sum += loss * loss;
            }
        }

        return Math.Sqrt(sum);
    }

    /// <summary>
    /// The first block that cannot have been rounded, or null: no scale by which its elements are whole numbers and the largest is
    /// L, or L + 1, steps.
    /// </summary>
    /// <param name="state">S <c>[K, V]</c></param>
    public int? FirstUnrounded(ReadOnlySpan<float> state)
    {
        for (int block = 0; block < Blocks; block++)
        {
            (int start, int length) = this[block];
            float largest = MathF.Abs(Extreme(state, start, length));
            // Subnormal products are inexact.
            if (largest < _levels * 1.1754944e-38f) continue;
            double scaleError = ScaleError(largest);
            int least = (int)Math.Round(_levels / (1 + scaleError)) - (scaleError > KernelPrecision.F16 ? 1 : 0);
            bool fits = false;
            for (int steps = _levels + 1; steps >= Math.Max(1, least) && !fits; steps--)
                fits = IsWhole(state, start, length, largest / (double)steps);
            if (!fits) return block;
        }

        return null;
    }

    private bool IsWhole(ReadOnlySpan<float> state, int start, int length, double scale)
    {
        for (int i = start, end = start + length * _stride; i < end; i += _stride)
        {
            double steps = state[i] / scale;
            if (Math.Abs(steps - Math.Round(steps)) > Roundings * KernelPrecision.F32 * (_levels + 1)) return false;
        }

        return true;
    }

    private float Extreme(ReadOnlySpan<float> state, int start, int length)
    {
        float extreme = 0;
        for (int i = start, end = start + length * _stride; i < end; i += _stride)
            if (MathF.Abs(state[i]) > MathF.Abs(extreme)) extreme = state[i];
        return extreme;
    }

    // Relative error of a scale in half precision.
    private double ScaleError(double largest) => Math.Min(1, Math.Max(KernelPrecision.F16, F16Underflow * _levels / largest));
}
