namespace Gdn.Harness.Schedules.Generation;

/// <summary>
/// The random schedules of a campaign, by number. Every np has, in turn, one that aims at a crossing of axes and one that strings
/// scenes together. A schedule is a function of what the source was made with and of its number.
/// </summary>
/// <param name="seed">Names all of them.</param>
/// <param name="rules">What they keep to, for each np that they take in turn.</param>
public sealed class ScheduleSource(ulong seed, IReadOnlyList<ScheduleRules> rules)
{
    private readonly CoveringCrossings _crossings = new(seed, rules);

    /// <summary>Makes a schedule.</summary>
    public Schedule this[int index]
    {
        get
        {
            int round = index / rules.Count, np = index % rules.Count;
            ulong own = SeededRandom.Derive(seed, (ulong)index);
            return round % 2 == 0
                ? ScheduleGenerator.Generate(own, rules[np], _crossings[round / 2 * rules.Count + np])
                : ScheduleGenerator.Generate(own, rules[np]);
        }
    }
}
