namespace Gdn.Harness.Schedules.Crossings;

/// <summary>Where the axes meet in one row of a batch; each may be left open.</summary>
internal readonly struct Crossing
{
    private const int Open = -1;

    private static readonly int[] Offsets = [.. Axes.All.Select(axis => Axes.All.Take(axis.Index).Sum(before => before.Values.Count))];

    private static readonly int Total = Axes.All.Sum(axis => axis.Values.Count);

    private readonly sbyte[] _values;

    private Crossing(sbyte[] values) => _values = values;

    /// <summary>Nothing is said yet.</summary>
    public static Crossing Anything { get; } = new([.. Axes.All.Select(_ => (sbyte)Open)]);

    /// <summary>Numbers of pairs lie below this.</summary>
    public static int PairNumbers => Total * Total;

    /// <summary>Every pair of values of two axes; what stands beside a row matters to that row only.</summary>
    public static IEnumerable<Crossing> AllPairs { get; } =
    [
        .. from a in Axes.All
           from b in Axes.All
           where a.Index < b.Index && (a != Axes.Beside || b == Axes.Work) && (b != Axes.Beside || a == Axes.Work)
           from x in Enumerable.Range(0, a.Values.Count)
           from y in Enumerable.Range(0, b.Values.Count)
           select Anything.With(a, x).With(b, y),
    ];

    /// <summary>The value on an axis; negative where it is open.</summary>
    public int this[Axis axis] => _values[axis.Index];

    /// <summary>Whether the axis is open.</summary>
    public bool IsOpen(Axis axis) => this[axis] == Open;

    /// <summary>With a value on an axis.</summary>
    public Crossing With(Axis axis, int value)
    {
        sbyte[] values = [.. _values];
        values[axis.Index] = (sbyte)value;
        return new Crossing(values);
    }

    /// <summary>What both say; null where they say different things.</summary>
    public Crossing? And(Crossing other)
    {
        Crossing both = this;
        foreach (Axis axis in Axes.All)
        {
            if (other.IsOpen(axis)) continue;
            if (!IsOpen(axis) && this[axis] != other[axis]) return null;
            both = both.With(axis, other[axis]);
        }

        return both;
    }

    /// <summary>Numbers of the pairs that meet here.</summary>
    public IEnumerable<int> Pairs()
    {
        for (int a = 0; a < _values.Length; a++)
        {
            for (int b = a + 1; b < _values.Length && _values[a] != Open; b++)
            {
                bool counts = a != Axes.Beside.Index && (b != Axes.Beside.Index || a == Axes.Work.Index);
                if (counts && _values[b] != Open) yield return ((Offsets[a] + _values[a]) * Total) + Offsets[b] + _values[b];
            }
        }
    }

    /// <summary>What is said, in words.</summary>
    public string Describe()
    {
        Crossing self = this;
        return string.Join(" x ", Axes.All.Where(axis => !self.IsOpen(axis)).Select(axis => axis.Values[self[axis]]));
    }
}
