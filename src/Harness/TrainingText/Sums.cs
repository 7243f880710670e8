using System.Globalization;
using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>Sums and differences of numbers below 1000. An instance is a pair of numbers.</summary>
internal sealed class Sums(Draw draw) : ITemplate
{
    private static readonly string[] Digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private readonly Wheel _sign = new(draw, ["+", "-"]);
    private Wheel[] _places = [NewPlace(draw), NewPlace(draw), NewPlace(draw)];

    /// <inheritdoc/>
    public void Append(StringBuilder text)
    {
        (int a, int b) = (0, 0);
        Wheel[] tried = _places;
        draw.Instance(() =>
        {
            tried = [.. _places.Select(place => place.Copy())];
            (a, b) = (Number(tried), Number(tried));
            return $"{Math.Max(a, b)}+{Math.Min(a, b)}";
        });
        _places = tried;
        text.Append(_sign.Next() == "+"
            ? $"sum {a}+{b}={a + b}.\n"
            : $"sum {Math.Max(a, b)}-{Math.Min(a, b)}={Math.Abs(a - b)}.\n");
    }

    // Loose, since a pair that belongs to another split is drawn again.
    private static Wheel NewPlace(Draw draw) => new(draw, Digits, turn: 0.3);

    private static int Number(Wheel[] places) =>
        int.Parse(string.Concat(places.Select(place => place.Next())), CultureInfo.InvariantCulture);
}
