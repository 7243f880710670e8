namespace Gdn.Optimized.Batching;

/// <summary>What the passes of a device take.</summary>
/// <param name="RunsRagged">Whether the sequences of a pass may differ in length.</param>
/// <param name="RunsInPlace">Whether one sequence alone can be run directly on its slot, without a plan.</param>
public readonly record struct DeviceTraits(bool RunsRagged, bool RunsInPlace)
{
    /// <summary>Whether it runs draft layers (<see cref="IDevice.Draft"/>), and these follow its passes.</summary>
    public bool Drafts { get; init; }

    /// <summary>Whether it keeps S in a ring if that is wanted (<see cref="BatchedOptions.RingLength"/>).</summary>
    public bool Rings { get; init; }
}
