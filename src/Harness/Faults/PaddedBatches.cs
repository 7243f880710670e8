using System.Numerics;
using Gdn.Optimized.Batching;

namespace Gdn.Harness.Faults;

/// <summary>
/// Batches of single tokens are padded to a size that compiled plans are likely to exist for, a power of two, with rows on a
/// slot that no sequence has.
/// </summary>
internal class PaddedBatches : RoutingPolicy
{
    // Enough for every number of slots that the command line takes.
    private const int MostSequences = 64;

    public override int MaxPadding => MostSequences;

    public override int PaddedSequences(int sequences, int tokens) =>
        tokens > 1 ? sequences : (int)BitOperations.RoundUpToPowerOf2((uint)sequences);
}
