namespace Gdn.Harness.Schedules.Coverage;

/// <summary>
/// In how many schedules the states were reached in which engines go wrong. What was never reached was never tested.
/// </summary>
public sealed class ScheduleCoverage
{
    private readonly Dictionary<string, long> _counts = InterestingStates.All.ToDictionary(state => state, _ => 0L);
    private readonly HashSet<string> _reachable = [];
    private readonly SortedSet<string> _undeclared = new(StringComparer.Ordinal);

    /// <summary>Schedules counted.</summary>
    public long Schedules { get; private set; }

    /// <summary>In how many of them each state was reached; without the states that the engine does not declare.</summary>
    public IEnumerable<KeyValuePair<string, long>> Counts =>
        _counts.Where(count => count.Value > 0 || _reachable.Contains(count.Key));

    /// <summary>States never reached, though the engine declares what they need.</summary>
    public IEnumerable<string> Unreached => Counts.Where(count => count.Value == 0).Select(count => count.Key);

    /// <summary>What was left out of schedules because the engine does not declare it, in words.</summary>
    public IReadOnlyCollection<string> Undeclared => _undeclared;

    /// <summary>Which pairs of axes have met.</summary>
    public PairCoverage Pairs { get; } = new();

    /// <summary>Counts the states of a schedule.</summary>
    public void Add(Schedule schedule, ScheduleRules rules)
    {
        Schedules++;
        _reachable.UnionWith(InterestingStates.Under(rules));
        _undeclared.UnionWith(rules.Undeclared);
        foreach (string state in InterestingStates.Of(schedule, rules)) _counts[state]++;
        Pairs.Add(schedule, rules);
    }
}
