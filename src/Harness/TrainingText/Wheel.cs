namespace Gdn.Harness.TrainingText;

/// <summary>
/// A slot's vocabulary on a wheel: the next item usually follows the last one in the list, so a reader who
/// remembers the last item, a line or more ago, can predict the next; a 3-gram cannot.
/// </summary>
/// <param name="draw">Makes the choices.</param>
/// <param name="items">The vocabulary of the slot.</param>
/// <param name="turn">How often the wheel turns by one; else it stops anywhere.</param>
internal sealed class Wheel(Draw draw, IReadOnlyList<string> items, double turn = 0.85)
{
    private const double FirstProbability = 0.3;

    private int _last = -1;

    /// <summary>The item that comes next, or now and then any item.</summary>
    public string Next()
    {
        _last = _last < 0
            ? draw.Favouring(0, FirstProbability, items.Count)
            : draw.Favouring((_last + 1) % items.Count, turn, items.Count);
        return items[_last];
    }

    /// <summary>A wheel in the same position, for choices that may be taken back.</summary>
    public Wheel Copy() => (Wheel)MemberwiseClone();
}
