using System.Numerics;

namespace Gdn.Reference.Operators;

/// <summary>
/// Rotary position embedding on the first <c>Dimensions</c> entries of a head, in pairs (i, i + Dimensions / 2).
/// </summary>
/// <param name="Dimensions">Rotated entries, even; the rest of the head passes through.</param>
/// <param name="Base">Frequency base.</param>
/// <param name="Sections">
/// Interleaved multi-axis form: pairs taken by the time, height, width and fourth position of a token. Empty, or all
/// zero: the plain form, where every pair takes the position.
/// </param>
/// <param name="Scaling">For a longer context than that of the training; null for none.</param>
public sealed record Rope(int Dimensions, double Base, IReadOnlyList<int> Sections, RopeScaling? Scaling = null)
{
    /// <summary>What rotated entries are multiplied by; those of a pair that does not turn too.</summary>
    public double Magnitude => Scaling?.Magnitude ?? 1;

    /// <summary>Rotates one head at one position of a text, where time = height = width = position, fourth = 0.</summary>
    /// <param name="head">At least <see cref="Dimensions"/> entries; changed in place.</param>
    /// <param name="position">Position in the sequence.</param>
    public void Apply<T>(Span<T> head, int position) where T : IFloatingPointIeee754<T>
    {
        int pairs = Dimensions / 2;
        T magnitude = T.CreateChecked(Magnitude);
        for (int p = 0; p < pairs; p++)
        {
            T frequency = T.Pow(T.CreateChecked(Base), T.CreateChecked(-2 * p) / T.CreateChecked(Dimensions));
            (T sin, T cos) = T.SinCos(T.CreateChecked(position) * (frequency * T.CreateChecked(FrequencyFactor(p))));
            (T x, T y) = (head[p] * magnitude, head[p + pairs] * magnitude);
            head[p] = x * cos - y * sin;
            head[p + pairs] = x * sin + y * cos;
        }
    }

    /// <summary>
    /// What the frequency of pair p, <c>Base^(-2 p / Dimensions)</c>, is multiplied by; 0 for one that does not turn.
    /// </summary>
    public double FrequencyFactor(int pair) => !IsRotated(pair) ? 0 : Scaling?.FrequencyFactor(pair) ?? 1;

    /// <summary>
    /// Whether pair p turns with the position of a text token. Pairs are dealt to the axes in turn, time, height, width,
    /// time, ..., each axis up to its section's size; a pair that finds its axis used up takes the fourth position,
    /// which is 0 for text. The sections of published models leave no such pair.
    /// </summary>
    public bool IsRotated(int pair)
    {
        int total = Sections.Sum();
        if (total == 0) return true;
        int sector = pair % total;
        int axis = sector % 3;
        return sector < 3 * Sections[axis];
    }
}
