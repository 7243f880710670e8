namespace Gdn.Harness.Faults.Seamed;

/// <summary>The parts of a seamed engine in which real engines went wrong; a fault replaces one of them.</summary>
internal sealed record Parts
{
    /// <summary>The delta rule.</summary>
    public Scan Scan { get; init; } = new();

    /// <summary>The memory that a ubatch works on.</summary>
    public PassMemory Memory { get; init; } = new();

    /// <summary>What happens to states between batches.</summary>
    public StateKeeping States { get; init; } = new();
}
