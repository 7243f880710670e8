namespace Gdn.Harness.Faults.Seamed;

/// <summary>The parts of a plain engine in which real engines went wrong; a fault replaces one of them.</summary>
internal sealed record Parts
{
    /// <summary>The delta rule.</summary>
    public Scan Scan { get; init; } = new();

    /// <summary>How tokens find their state.</summary>
    public Routing Routing { get; init; } = new();

    /// <summary>What happens to states between batches.</summary>
    public StateKeeping States { get; init; } = new();
}
