namespace Gdn.Harness.Campaigns;

/// <summary>Short names of engines for tables: folders are too long.</summary>
internal static class EngineLabels
{
    /// <summary>By name: the kind of the engine, and a number where there are several of a kind.</summary>
    public static Dictionary<string, string> Of(IEnumerable<string> names) => names
        .Distinct()
        .GroupBy(name => name.Split(':')[0])
        .SelectMany(kind => kind.Select((name, i) => (name, Label: kind.Count() == 1 ? kind.Key : $"{kind.Key} {i + 1}")))
        .ToDictionary(pair => pair.name, pair => pair.Label);
}
