namespace Gdn.Harness.Faults.Seamed;

/// <summary>Compiled plans: the routes of a ubatch's rows, found again by whatever the key holds of them.</summary>
internal sealed class PlanCache(Routing routing) : IEqualityComparer<Route[]>
{
    private Dictionary<Route[], Route[]>? _plans;

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    /// <summary>The plan for these routes.</summary>
    public Route[] Get(Route[] routes)
    {
        _plans ??= new Dictionary<Route[], Route[]>(this);
        if (_plans.TryGetValue(routes, out Route[]? plan))
        {
            Hits++;
            return plan;
        }

        Misses++;
        return _plans[routes] = routes;
    }

    /// <inheritdoc/>
    public bool Equals(Route[]? x, Route[]? y) => x!.Select(routing.PlanKey).SequenceEqual(y!.Select(routing.PlanKey));

    /// <inheritdoc/>
    public int GetHashCode(Route[] routes)
    {
        var hash = new HashCode();
        foreach (Route route in routes) hash.Add(routing.PlanKey(route));
        return hash.ToHashCode();
    }
}
