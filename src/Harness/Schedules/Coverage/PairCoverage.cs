using Gdn.Harness.Schedules.Crossings;

namespace Gdn.Harness.Schedules.Coverage;

/// <summary>Which pairs of values of two axes have met in the schedules of a campaign, of those that can.</summary>
public sealed class PairCoverage
{
    private readonly Dictionary<(ScheduleRules Rules, int Slots), IReadOnlyDictionary<int, Crossing>> _under = [];
    private readonly Dictionary<int, Crossing> _reachable = [];
    private readonly HashSet<int> _reached = [];

    /// <summary>How many pairs can meet.</summary>
    public int Reachable => _reachable.Count;

    /// <summary>How many of them have met.</summary>
    public int Reached => _reachable.Keys.Count(_reached.Contains);

    /// <summary>Those that have never met, in words.</summary>
    public IEnumerable<string> Unreached =>
        _reachable.Where(pair => !_reached.Contains(pair.Key)).OrderBy(pair => pair.Key).Select(pair => pair.Value.Describe());

    /// <summary>Counts the pairs of a schedule.</summary>
    public void Add(Schedule schedule, ScheduleRules rules)
    {
        if (!_under.ContainsKey((rules, schedule.Slots)))
        {
            _under[(rules, schedule.Slots)] = PairTable.Under(rules.For(schedule.Slots));
            foreach ((int number, Crossing pair) in _under[(rules, schedule.Slots)]) _reachable[number] = pair;
        }

        _reached.UnionWith(CrossingFinder.PairsOf(schedule, rules));
    }
}
