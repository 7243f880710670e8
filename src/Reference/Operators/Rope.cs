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
public sealed record Rope(int Dimensions, double Base, IReadOnlyList<int> Sections)
{
    /// <summary>Rotates one head at one position of a text, where time = height = width = position, fourth = 0.</summary>
    /// <param name="head">At least <see cref="Dimensions"/> entries; changed in place.</param>
    /// <param name="position">Position in the sequence.</param>
    public void Apply<T>(Span<T> head, int position) where T : IFloatingPointIeee754<T>
    {
        int pairs = Dimensions / 2;
        for (int p = 0; p < pairs; p++)
        {
            if (!IsRotated(p)) continue;
            T frequency = T.Pow(T.CreateChecked(Base), T.CreateChecked(-2 * p) / T.CreateChecked(Dimensions));
            (T sin, T cos) = T.SinCos(T.CreateChecked(position) * frequency);
            (T x, T y) = (head[p], head[p + pairs]);
            head[p] = x * cos - y * sin;
            head[p + pairs] = x * sin + y * cos;
        }
    }

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
