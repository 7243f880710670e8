namespace Gdn.Harness.Schedules.Crossings;

/// <summary>The pairs of values that can meet under some rules.</summary>
internal static class PairTable
{
    /// <summary>Them, each with its number.</summary>
    public static IReadOnlyDictionary<int, Crossing> Under(ScheduleRules rules)
    {
        var crossings = new CrossingRules(rules);
        return Crossing.AllPairs.Where(crossings.CanMeet).ToDictionary(pair => pair.Pairs().Single());
    }
}
