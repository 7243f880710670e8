using System.Runtime.CompilerServices;
using Gdn.Optimized.Batching;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>S itself, which a ring keeps in parts. In double precision, so that nothing but the parts shows.</summary>
public static class RingExpansion
{
    /// <summary>Computes S of a slot: its checkpoint, and what the pending entries have written since.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="map">Which key head a value head reads.</param>
    /// <param name="states">S of all slots.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="route">Where its sequence stands.</param>
    /// <param name="result">Receives S <c>[Hv, K, V]</c>.</param>
    public static void Run(
        in DeltaRuleShape shape, HeadMap map, in RingStates states, int slot, RingRoute route, Span<float> result)
    {
        var kept = new RingSlot(shape, states, slot);
        int first = states.Shape.FirstEntry(route);
        for (int head = 0; head < shape.ValueHeads; head++)
        {
            int keyHead = map.KeyHeadOf(head, shape.KeyHeads, shape.ValueHeads);
            ref float checkpoint = ref kept.Checkpoint(states.Shape.Checkpoint(route), head);
            for (int i = 0; i < shape.HeadStateLength; i++)
            {
                (int row, int column) = Math.DivRem(i, shape.ValueDim);
                double sum = Unsafe.Add(ref checkpoint, i);
                for (int entry = first; entry < first + route.Pending; entry++)
                    sum = Unsafe.Add(ref kept.Decay(entry, head), shape.PerChannelGate ? row : 0) * sum
                        + (double)Unsafe.Add(ref kept.Key(entry, keyHead), row)
                        * Unsafe.Add(ref kept.Correction(entry, head), column);
                result[head * shape.HeadStateLength + i] = (float)sum;
            }
        }
    }
}
