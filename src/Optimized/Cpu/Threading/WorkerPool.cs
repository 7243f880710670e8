using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Gdn.Optimized.Cpu.Threading;

/// <summary>
/// A fixed set of threads that share the items of one piece of work at a time; the caller is one of them. Running allocates
/// nothing and takes no lock. One caller at a time, and no work from within work.
/// </summary>
/// <remarks>
/// An idle thread looks for new work for a few microseconds, as long as waking it would take, and then sleeps. With one
/// thread everything runs in the caller.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    private static readonly long LookTicks = Stopwatch.Frequency / 20_000;

    private readonly Thread[] _threads;
    private readonly Semaphore _wake = new(0, int.MaxValue);
    private readonly AutoResetEvent _finished = new(false);

    // Written before items are handed out, and left alone until the last one is done.
    private delegate*<void*, int, void> _run;
    private void* _work;
    private int _items;

    private int _remaining, _unfinished, _sleepers, _callerSleeps;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isDisposed;

    /// <summary>Makes a pool.</summary>
    /// <param name="threads">Threads that work at a time, the caller's among them.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Serve) { IsBackground = true, Name = $"engine worker {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that work at a time.</summary>
    public int Threads => _threads.Length + 1;

    /// <summary>Threads that are asleep.</summary>
    internal int Sleepers => Volatile.Read(ref _sleepers);

    /// <summary>Does all items and returns when they are done.</summary>
    /// <param name="items">How many.</param>
    /// <param name="work">Stays where it is meanwhile, so it may hold references and spans.</param>
    /// <exception cref="Exception">What an item threw; the others may have been left out.</exception>
    internal void Run<TWork>(int items, scoped in TWork work) where TWork : struct, IWork, allows ref struct
    {
        if (_threads.Length == 0 || items <= 1)
        {
            for (int item = 0; item < items; item++) Unsafe.AsRef(in work).Run(item);
            return;
        }

        _run = &RunItem<TWork>;
        _work = Unsafe.AsPointer(ref Unsafe.AsRef(in work));
        _items = _unfinished = items;
        // From here on threads take items.
        Interlocked.Exchange(ref _remaining, items);
        Wake(items - 1);
        TakeItems();
        AwaitOthers();
        if (Interlocked.Exchange(ref _failure, null) is { } failure) failure.Throw();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Interlocked.MemoryBarrier();
        Wake(_threads.Length);
        foreach (Thread thread in _threads) thread.Join();
        _wake.Dispose();
        _finished.Dispose();
    }

    private static void RunItem<TWork>(void* work, int item) where TWork : struct, IWork, allows ref struct =>
        Unsafe.AsRef<TWork>(work).Run(item);

    private void Serve()
    {
        while (!_isDisposed)
        {
            TakeItems();
            long start = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref _remaining) == 0 && Stopwatch.GetTimestamp() - start < LookTicks) Thread.SpinWait(8);
            if (Volatile.Read(ref _remaining) > 0) continue;

            // Work that came in between must find a sleeper or be found here.
            Interlocked.Increment(ref _sleepers);
            if ((Volatile.Read(ref _remaining) == 0 && !_isDisposed) || TakeSleepers(1) == 0) _wake.WaitOne();
        }
    }

    private void Wake(int most)
    {
        int sleepers = TakeSleepers(most);
        if (sleepers > 0) _wake.Release(sleepers);
    }

    // Whoever takes a thread off the number of sleepers wakes it; a thread that changes its mind takes one off itself, and
    // where none is left, its own wake-up call is on its way.
    private int TakeSleepers(int most)
    {
        for (int sleepers; (sleepers = Volatile.Read(ref _sleepers)) > 0;)
        {
            int taken = Math.Min(sleepers, most);
            if (Interlocked.CompareExchange(ref _sleepers, sleepers - taken, sleepers) == sleepers) return taken;
        }

        return 0;
    }

    // An item is a unit taken off the number of those remaining. Until it is done the caller waits, so whoever holds one
    // sees the work that it belongs to, even if that is not the work that it woke up for.
    private void TakeItems()
    {
        for (int remaining; (remaining = Volatile.Read(ref _remaining)) > 0;)
        {
            if (Interlocked.CompareExchange(ref _remaining, remaining - 1, remaining) != remaining) continue;
            try
            {
                if (_failure is null) _run(_work, _items - remaining);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }

            if (Interlocked.Decrement(ref _unfinished) == 0 && Interlocked.Exchange(ref _callerSleeps, 0) == 1)
                _finished.Set();
        }
    }

    private void AwaitOthers()
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _unfinished) > 0)
        {
            Thread.SpinWait(8);
            if (Stopwatch.GetTimestamp() - start < LookTicks) continue;
            Interlocked.Exchange(ref _callerSleeps, 1);
            // Whoever takes the flag back first: the caller, or the thread that then sets the event.
            if (Volatile.Read(ref _unfinished) > 0 || Interlocked.Exchange(ref _callerSleeps, 0) == 0) _finished.WaitOne();
        }
    }
}
