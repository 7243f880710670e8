using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>A copy of one sequence.</summary>
internal sealed record SeamedSnapshot(
    IReadOnlyList<int> Tokens, IReadOnlyList<KeyValueCache<float>> Caches, SlotState State) : IStateSnapshot
{
    public int NextPosition => Tokens.Count;
}
