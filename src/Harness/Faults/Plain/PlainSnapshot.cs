using Gdn.Harness.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults.Plain;

/// <summary>A copy of one sequence.</summary>
internal sealed record PlainSnapshot(
    IReadOnlyList<int> Tokens, IReadOnlyList<KeyValueCache<float>> Caches, SlotState State) : IStateSnapshot
{
    public int NextPosition => Tokens.Count;
}
