using Gdn.Optimized.Batching;
using Gdn.Reference.State;

namespace Gdn.Optimized.Cpu;

/// <summary>Capacities and policies of a <see cref="CpuEngine"/>.</summary>
/// <param name="MaxSequences">Sequences that can exist at a time: state slots.</param>
/// <param name="MaxBatchTokens">Tokens in one batch.</param>
/// <param name="MaxPositions">How long a sequence may grow.</param>
public sealed record CpuEngineOptions(int MaxSequences, int MaxBatchTokens, int MaxPositions)
{
    /// <summary>K: states kept per sequence after each batch; up to K - 1 tokens can be rolled back.</summary>
    public int SnapshotPlanes { get; init; } = 1;

    /// <summary>Threads that work at a time, the caller's among them. Results have the same bits for any number.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Simulated devices between which the heads of linear layers are dealt; each owns the states of its heads, and results
    /// have the same bits for any number.
    /// </summary>
    public int Devices { get; init; } = 1;

    /// <summary>
    /// How delta-rule states are kept between batches. In 16 bits they take half the memory, are rounded at the end of each
    /// run, and are widened for it, so no run is in place.
    /// </summary>
    public StateFormat StateFormat { get; init; } = StateFormat.F32;

    /// <summary>Compiled plans kept.</summary>
    public int PlanCapacity { get; init; } = 64;

    /// <summary>When a compiled plan may be used again; null for the full signature.</summary>
    public IEqualityComparer<PlanSignature>? PlanKeys { get; init; }

    /// <summary>Whether free slots are filled with NaN, so that whatever reads one shows.</summary>
    public bool PoisonFreeSlots { get; init; }
}
