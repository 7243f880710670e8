using System.Collections.Concurrent;
using Gdn.Harness.Schedules.Crossings;

namespace Gdn.Harness.Schedules.Generation;

/// <summary>
/// For each case of a campaign the crossings that its schedule aims at, so that every pair of values that can meet is aimed at
/// soon, and then again: a pairwise covering array in an order that the seed decides. A function of the seed and the case's
/// number alone, so that shards and replays agree.
/// </summary>
/// <param name="seed">The campaign's.</param>
/// <param name="rules">What schedules keep to, for each np that cases take in turn.</param>
internal sealed class CoveringCrossings(ulong seed, IReadOnlyList<ScheduleRules> rules)
{
    // Cases after which the array begins anew: a late case does not wait for all those before it.
    private const int BlockLength = 1024;

    // One case in so many is far out: a prompt that leads there costs what ten other schedules do, so several crossings use it.
    private const int Far = 11, CrossingsFarOut = 5;

    // Where they are, in turn; neither this number of turns nor that of cases between them falls in step with np.
    private static readonly int[] FarOut = [64, 512, 128, 256, 192, 512, 64, 128, 256, 192, 512];

    private readonly CrossingRules[] _rules = [.. rules.Select(of => new CrossingRules(of))];
    private readonly Lazy<IReadOnlyDictionary<int, Crossing>[]> _pairs = new(() => [.. rules.Select(PairTable.Under)]);
    private readonly ConcurrentDictionary<int, Lazy<Crossing[][]>> _blocks = [];

    /// <summary>The crossings of a case, all at one place.</summary>
    public IReadOnlyList<Crossing> this[int index] => _blocks.GetOrAdd(
        index / BlockLength, block => new Lazy<Crossing[][]>(() => Block(block))).Value[index % BlockLength];

    private Crossing[][] Block(int block)
    {
        var random = new SeededRandom(SeededRandom.Derive(seed, (ulong)block));
        var made = new Crossing[BlockLength][];
        List<(int Number, Crossing Pair)> open = [];
        for (int i = 0; i < made.Length; i++)
        {
            int place = Place(i, random);
            made[i] = new Crossing[place > Places.Block ? CrossingsFarOut : 1];
            for (int n = 0; n < made[i].Length; n++)
            {
                if (open.Count == 0) open = Shuffled(random);
                made[i][n] = Next(((block * BlockLength) + i) % _rules.Length, place, open, random);
                HashSet<int> met = [.. made[i][n].Pairs()];
                open.RemoveAll(pair => met.Contains(pair.Number));
            }
        }

        return made;
    }

    private List<(int Number, Crossing Pair)> Shuffled(SeededRandom random)
    {
        (int, Crossing)[] all = [.. _pairs.Value
            .SelectMany(pairs => pairs).DistinctBy(pair => pair.Key).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];
        random.Shuffle<(int, Crossing)>(all);
        return [.. all];
    }

    // The first open pair that goes with the place, and then on each axis what meets the most that is open.
    private Crossing Next(int np, int place, List<(int Number, Crossing Pair)> open, SeededRandom random)
    {
        IReadOnlyDictionary<int, Crossing> possible = _pairs.Value[np];
        CrossingRules rules = _rules[np];
        Crossing crossing = Crossing.Anything.With(Axes.Place, place);
        if (!rules.CanMeet(crossing)) crossing = Crossing.Anything.With(Axes.Place, Places.Elsewhere);
        foreach ((int number, Crossing pair) in open)
        {
            if (!possible.ContainsKey(number) || crossing.And(pair) is not { } both || !rules.CanMeet(both)) continue;
            crossing = both;
            break;
        }

        HashSet<int> wanted = [.. open.Select(pair => pair.Number)];
        Axis[] rest = [.. Axes.All.Where(axis => axis != Axes.Beside)];
        random.Shuffle<Axis>(rest);
        foreach (Axis axis in rest.Append(Axes.Beside))
            if (crossing.IsOpen(axis)) crossing = Best(crossing, axis, rules, wanted, random);
        return crossing;
    }

    private static Crossing Best(Crossing crossing, Axis axis, CrossingRules rules, HashSet<int> wanted, SeededRandom random)
    {
        int[] values = [.. Enumerable.Range(0, axis.Values.Count)];
        random.Shuffle<int>(values);
        IEnumerable<Crossing> candidates = values.Select(value => crossing.With(axis, value));
        foreach (Crossing more in candidates.OrderByDescending(more => more.Pairs().Count(wanted.Contains)))
            if (rules.CanMeet(more)) return more;
        // Nothing stands beside a single row.
        return crossing;
    }

    private static int Place(int index, SeededRandom random)
    {
        if (index % Far > 0) return random.Next(2) == 0 ? Places.Elsewhere : Places.Block;
        return Places.Block + 1 + Places.Boundaries.ToList().IndexOf(FarOut[index / Far % FarOut.Length]);
    }
}
