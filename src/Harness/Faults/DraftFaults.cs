using Gdn.Optimized.Batching;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>
/// Faults in what the draft (MTP) layers read: other drafts, better ones at times, and never another output.
/// </summary>
internal static class DraftFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InRouting<ConditioningRow>(
            "mtp-conditioning-row", "draft layers pair the first token of a batch with the last hidden state of that batch",
            "ik_llama.cpp #1987, #2222"),
        InRouting<SharedBuffer>(
            "hidden-buffer-reused", "draft layers go on from the buffer that the last batch of any sequence has written",
            "ik_llama.cpp #1718"),
        InRouting<KeptMirror>(
            "draft-mirror-stale", "a restore brings back the states of a sequence, but draft layers go on from what the slot held before",
            "lucebox #311"),
    ];

    private sealed class ConditioningRow : RoutingPolicy
    {
        public override void Pair(ReadOnlySpan<int> starts, Span<int> hiddenOf)
        {
            for (int s = 0; s + 1 < starts.Length; s++) hiddenOf[starts[s]] = starts[s + 1] - 1;
        }
    }

    private sealed class SharedBuffer : RoutingPolicy
    {
        private int _last;

        public override (int Slot, int Plane) Hidden(int slot, int plane) => (_last, 0);

        public override void Ran(ReadOnlySpan<RunSequence> sequences) => _last = sequences[^1].Slot;
    }

    private sealed class KeptMirror : RoutingPolicy
    {
        public override SlotSnapshot Restored(SlotSnapshot snapshot, Func<SlotSnapshot> held)
        {
            int states = snapshot.Recurrent.Count - snapshot.DraftStates;
            return new SlotSnapshot(
                snapshot.NextPosition, [.. snapshot.Recurrent.Take(states), .. held().Recurrent.Skip(states)], [.. snapshot.Attention])
            {
                DraftStates = snapshot.DraftStates,
            };
        }
    }
}
