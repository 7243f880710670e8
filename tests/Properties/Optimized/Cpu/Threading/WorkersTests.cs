using Gdn.Optimized.Cpu.Threading;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Threading;

public class WorkersTests
{
    private readonly struct Count(int[] done) : IWork
    {
        public void Run(int item) => Interlocked.Increment(ref done[item]);
    }

    private readonly ref struct Squares(Span<int> target) : IWork
    {
        private readonly Span<int> _target = target;

        public void Run(int item) => _target[item] = item * item;
    }

    private readonly struct Failing(int bad) : IWork
    {
        public void Run(int item)
        {
            if (item == bad) throw new InvalidOperationException($"item {item}");
        }
    }

    // All threads must be at work at the same time for any of them to go on.
    private readonly struct Meeting(Barrier barrier) : IWork
    {
        public void Run(int item) => barrier.SignalAndWait();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Run_ManyTimes_EveryItemOnce(int threads)
    {
        using var pool = new Workers(threads);
        for (int items = 0; items < 200; items++)
        {
            var done = new int[items];
            pool.Run(items, new Count(done));
            Assert.All(done, count => Assert.Equal(1, count));
        }
    }

    // Every thread has gone to sleep between two runs.
    [Fact]
    public void Run_AfterIdleness_AllThreadsTakePart()
    {
        using var pool = new Workers(3);
        using var barrier = new Barrier(3);
        for (int round = 0; round < 5; round++)
        {
            pool.Run(3, new Meeting(barrier));
            SpinWait.SpinUntil(() => pool.Sleepers == 2);
        }

        Assert.Equal(5, barrier.CurrentPhaseNumber);
    }

    [Fact]
    public void Run_WorkWithSpans_WritesThem()
    {
        using var pool = new Workers(3);
        var target = new int[1000];
        pool.Run(target.Length, new Squares(target));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i * i), target);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_ItemThrows_CallerGetsItAndThePoolGoesOn(int threads)
    {
        using var pool = new Workers(threads);
        for (int round = 0; round < 20; round++)
        {
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(
                () => pool.Run(50, new Failing(bad: round)));
            Assert.Equal($"item {round}", e.Message);
            var done = new int[7];
            pool.Run(7, new Count(done));
            Assert.All(done, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_SteadyState_NoAllocation()
    {
        using var pool = new Workers(3);
        var done = new int[64];
        for (int round = 0; round < 100; round++) pool.Run(64, new Count(done));
        var allocated = new long[101];
        for (int round = 0; round < allocated.Length; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            pool.Run(64, new Count(done));
            allocated[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(allocated);
        Assert.Equal(0, allocated[50]);
    }

    [Theory]
    [InlineData(1, 5, new[] { 4 })]
    [InlineData(2, 5, new[] { 1, 4 })]
    [InlineData(3, 8, new[] { 1, 4, 7 })]
    [InlineData(4, 4, new[] { 0, 1, 2, 3 })]
    [InlineData(8, 3, new[] { 0, 1, 2 })]
    public void IsLastOfShare_AnyItems_SharesDifferByOneAtMost(int threads, int items, int[] last)
    {
        using var pool = new Workers(threads);
        Assert.Equal(last, Enumerable.Range(0, items).Where(item => pool.IsLastOfShare(item, items)));
    }

    [Fact]
    public void Threads_LessThanOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(0));
}
