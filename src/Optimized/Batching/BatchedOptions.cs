using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Optimized.Batching;

/// <summary>
/// What a <see cref="BatchedEngine"/> is made for, and its policies, on whatever device. A device that has options of its own
/// derives from this.
/// </summary>
public record BatchedOptions
{
    /// <summary>Model and capacities.</summary>
    public required EngineOptions Engine { get; init; }

    /// <summary>
    /// How delta-rule states are kept between batches. In 16 bits they take half the memory, are rounded at the end of each
    /// pass, and are widened for it, so no pass is in place.
    /// </summary>
    public StateFormat StateFormat { get; init; } = StateFormat.F32;

    /// <summary>In which format keys and values are kept: they are rounded to it when they are added.</summary>
    public StateFormat CacheFormat { get; init; } = StateFormat.F32;

    /// <summary>
    /// L, if S is kept as a checkpoint and a ring of up to L tokens (<see cref="RingShape"/>) instead of planes; 0 for planes.
    /// Only with states in single precision.
    /// </summary>
    public int RingLength { get; init; }

    /// <summary>Compiled plans kept.</summary>
    public int PlanCapacity { get; init; } = 64;

    /// <summary>How tokens find their state.</summary>
    public RoutingPolicy Routing { get; init; } = new();

    /// <summary>Whether free slots are filled with NaN, so that whatever reads one shows.</summary>
    public bool PoisonFreeSlots { get; init; } = true;

    /// <summary>The ring in which S is kept; null for planes.</summary>
    public RingShape? Ring => RingLength == 0 ? null : new RingShape(RingLength, Engine.Planes);

    /// <summary>Slots that a device needs: those of sequences, and one behind them for padding where there is any.</summary>
    public int DeviceSlots => Engine.Slots + (Routing.MaxPadding > 0 ? 1 : 0);

    /// <summary>Tokens of the longest pass, padding included; drafting takes one of every sequence.</summary>
    public int MaxRunTokens => Math.Max(Engine.MaxBatchTokens, Engine.Drafts ? Engine.Slots : 0) + Routing.MaxPadding;
}
