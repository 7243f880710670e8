namespace Gdn.Harness.Campaigns;

/// <summary>
/// From which np on a server is dirty, in few steps: upwards in steps of about a half, and from the first dirty np on by bisection
/// of the gap below it.
/// </summary>
/// <remarks>
/// Never from many slots to few while everything is clean: what more requests leave behind in a server, plans for instance, could
/// then show at an np at which it cannot come about.
/// </remarks>
internal sealed class NpSearch
{
    private readonly int[] _np;
    private int _clean = -1, _dirty;

    /// <summary>A search.</summary>
    /// <param name="np">The np that may be tried.</param>
    public NpSearch(IEnumerable<int> np)
    {
        _np = [.. np.Distinct().Order()];
        _dirty = _np.Length;
    }

    /// <summary>The np to try next; null when the smallest dirty one, or that there is none, is known.</summary>
    public int? Next => _dirty - _clean <= 1 ? null : _np[_dirty < _np.Length ? (_clean + _dirty) / 2 : NextUp];

    /// <summary>What has come of an np.</summary>
    public void Tell(int np, bool isDirty)
    {
        int index = Array.IndexOf(_np, np);
        if (isDirty) _dirty = Math.Min(_dirty, index);
        else _clean = Math.Max(_clean, index);
    }

    /// <summary>Those that it tries while all are clean.</summary>
    public IReadOnlyList<int> Ladder
    {
        get
        {
            var steps = new List<int>();
            for (var search = new NpSearch(_np); search.Next is { } np; search.Tell(np, isDirty: false)) steps.Add(np);
            return steps;
        }
    }

    // The largest that is no more than half as many again, and at least the next one.
    private int NextUp =>
        _clean < 0 ? 0 : Math.Max(_clean + 1, Array.FindLastIndex(_np, np => 2 * np <= 3 * _np[_clean]));
}
