using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>The value heads of all sequences of a call, which have nothing to do with each other.</summary>
internal static class Heads
{
    // Below it, waking other threads costs more than the work.
    private const double LeastParallelWork = 1 << 20;

    /// <summary>Does something for each (sequence, value head): of large shapes on all cores.</summary>
    public static void ForEach(in KernelShape shape, Action<int, int> head)
    {
        int perSequence = shape.Rule.ValueHeads, count = shape.Sequences * perSequence;
        if (shape.Work < LeastParallelWork)
            for (int i = 0; i < count; i++) head(i / perSequence, i % perSequence);
        else
            Parallel.For(0, count, i => head(i / perSequence, i % perSequence));
    }
}
