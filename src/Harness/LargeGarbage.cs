namespace Gdn.Harness;

/// <summary>
/// Collects the garbage of cases before it piles up. Each case makes engines, states and buffers of megabytes, which the runtime
/// collects seldom: it lets them grow to many times of what lives, and to more than a small machine has. A collection costs
/// little here, since large arrays of numbers refer to nothing.
/// </summary>
internal static class LargeGarbage
{
    private const long Most = 96L << 20;

    private static long CollectedAt;

    /// <summary>Called after each case, and after each part of one that makes engines of its own.</summary>
    public static void CollectIfDue()
    {
        long allocated = GC.GetTotalAllocatedBytes(), last = Interlocked.Read(ref CollectedAt);
        if (allocated - last < Most || Interlocked.CompareExchange(ref CollectedAt, allocated, last) != last) return;
        GC.Collect();
    }
}
