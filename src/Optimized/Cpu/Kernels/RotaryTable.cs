using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>
/// Rotary position embedding with the sines and cosines of a run's positions worked out once for all layers and heads.
/// Angles are taken in double precision: at long contexts a single-precision angle has lost its fraction.
/// </summary>
public sealed class RotaryTable
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;
    private float[] _cos = [], _sin = [];

    /// <summary>Makes a table for a model's embedding; a pair that does not turn for text has frequency 0.</summary>
    public RotaryTable(Rope rope)
    {
        _magnitude = rope.Magnitude;
        _frequencies = new double[rope.Dimensions / 2];
        for (int p = 0; p < _frequencies.Length; p++)
            _frequencies[p] = Math.Pow(rope.Base, -2.0 * p / rope.Dimensions) * rope.FrequencyFactor(p);
    }

    private int Pairs => _frequencies.Length;

    /// <summary>Makes room for a run of that many tokens.</summary>
    public void Reserve(int tokens)
    {
        if (_cos.Length >= tokens * Pairs) return;
        _cos = new float[tokens * Pairs];
        _sin = new float[tokens * Pairs];
    }

    /// <summary>Says where the run's token <paramref name="token"/> stands in its sequence.</summary>
    public void Set(int token, int position)
    {
        for (int p = 0; p < Pairs; p++)
        {
            (double sin, double cos) = Math.SinCos(position * _frequencies[p]);
            _cos[token * Pairs + p] = (float)(cos * _magnitude);
            _sin[token * Pairs + p] = (float)(sin * _magnitude);
        }
    }

    /// <summary>Rotates one head of the run's token <paramref name="token"/> in place.</summary>
    public void Apply(Span<float> head, int token)
    {
        ReadOnlySpan<float> cos = _cos.AsSpan(token * Pairs, Pairs), sin = _sin.AsSpan(token * Pairs, Pairs);
        for (int p = 0; p < Pairs; p++)
        {
            (float x, float y) = (head[p], head[p + Pairs]);
            head[p] = x * cos[p] - y * sin[p];
            head[p + Pairs] = x * sin[p] + y * cos[p];
        }
    }
}
