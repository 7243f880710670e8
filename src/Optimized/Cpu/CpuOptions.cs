using Gdn.Optimized.Batching;

namespace Gdn.Optimized.Cpu;

/// <summary>Options of the batched engine on a <see cref="CpuDevice"/>.</summary>
public sealed record CpuOptions : BatchedOptions
{
    /// <summary>Threads that work at a time, the caller's among them. Results have the same bits for any number.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Shares to which the heads of linear layers are dealt, as to devices; each owns the states of its heads, and results
    /// have the same bits for any number.
    /// </summary>
    public int HeadShares { get; init; } = 1;
}
