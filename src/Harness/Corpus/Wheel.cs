namespace Gdn.Harness.Corpus;

/// <summary>
/// A slot's vocabulary on a wheel: the next item usually follows the last one in the list, so a reader who
/// remembers the last item, a line or more ago, can predict the next; a 3-gram cannot.
/// </summary>
internal sealed class Wheel(Draw draw, params string[] items)
{
    private const double TurnProbability = 0.85;
    private const double FirstProbability = 0.3;

    private int _last = -1;

    /// <summary>The item that comes next, or now and then any item.</summary>
    public string Next()
    {
        _last = _last < 0
            ? draw.Favouring(0, FirstProbability, items.Length)
            : draw.Favouring((_last + 1) % items.Length, TurnProbability, items.Length);
        return items[_last];
    }
}
