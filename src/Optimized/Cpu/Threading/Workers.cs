using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Gdn.Optimized.Cpu.Threading;

/// <summary>
/// A fixed set of threads that share the items of one piece of work at a time; the caller is one of them. Running allocates
/// nothing and takes no lock. One caller at a time, and no work from within work.
/// </summary>
/// <remarks>
/// Items are shared out evenly, neighbours to the same thread, and alike from one piece of work to the next: what a thread
/// wrote last time still lies in its own caches. A thread that is through with its share helps the others with theirs. An
/// idle thread looks for new work for a few microseconds, as long as waking it would take, and then sleeps. With one thread
/// everything runs in the caller.
/// </remarks>
public sealed unsafe class Workers : IDisposable
{
    private static readonly long LookTicks = Stopwatch.Frequency / 20_000;

    private readonly Thread[] _threads;
    private readonly Share[] _shares;
    private readonly Semaphore _wake = new(0, int.MaxValue);
    private readonly AutoResetEvent _finished = new(false);

    // Written before items are handed out, and left alone until the last one is done.
    private delegate*<void*, int, void> _run;
    private void* _work;

    private int _unfinished, _sleepers, _callerSleeps;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isDisposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads that work at a time, the caller's among them.</param>
    public Workers(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _shares = new Share[threads];
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int own = i + 1;
            _threads[i] = new Thread(() => Serve(own)) { IsBackground = true, Name = $"engine worker {i + 1}" };
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
        _unfinished = items;
        int first = 0;
        for (int i = 0; i < _shares.Length; i++)
        {
            int end = EndOfShare(i, items);
            _shares[i].End = end;
            // From here on threads take items of it.
            Volatile.Write(ref _shares[i].Remaining, end - first);
            first = end;
        }

        Interlocked.MemoryBarrier();
        Wake(items - 1);
        TakeItems(own: 0);
        AwaitOthers();
        if (Interlocked.Exchange(ref _failure, null) is { } failure) failure.Throw();
    }

    /// <summary>Whether the items after this one are another thread's, who has them in its caches.</summary>
    /// <param name="item">From 0.</param>
    /// <param name="items">How many there are.</param>
    internal bool IsLastOfShare(int item, int items)
    {
        int thread = (int)((long)item * Threads / items);
        while (EndOfShare(thread, items) <= item) thread++;
        return EndOfShare(thread, items) == item + 1;
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

    private int EndOfShare(int thread, int items) => (int)((long)items * (thread + 1) / _shares.Length);

    private static void RunItem<TWork>(void* work, int item) where TWork : struct, IWork, allows ref struct =>
        Unsafe.AsRef<TWork>(work).Run(item);

    private void Serve(int own)
    {
        while (!_isDisposed)
        {
            TakeItems(own);
            long start = Stopwatch.GetTimestamp();
            while (!AnyRemain() && Stopwatch.GetTimestamp() - start < LookTicks) Thread.SpinWait(8);
            if (AnyRemain()) continue;

            // Work that came in between must find a sleeper or be found here.
            Interlocked.Increment(ref _sleepers);
            if ((!AnyRemain() && !_isDisposed) || TakeSleepers(1) == 0) _wake.WaitOne();
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

    private bool AnyRemain()
    {
        foreach (ref Share share in _shares.AsSpan())
            if (Volatile.Read(ref share.Remaining) > 0) return true;
        return false;
    }

    private void TakeItems(int own)
    {
        for (int i = 0; i < _shares.Length; i++) TakeItems(ref _shares[(own + i) % _shares.Length]);
    }

    // An item is a unit taken off the number of those remaining. Until it is done the caller waits, so whoever holds one
    // sees the work that it belongs to, even if that is not the work that it woke up for.
    private void TakeItems(ref Share share)
    {
        int done = 0;
        for (int remaining; (remaining = Volatile.Read(ref share.Remaining)) > 0;)
        {
            if (Interlocked.CompareExchange(ref share.Remaining, remaining - 1, remaining) != remaining) continue;
            try
            {
                if (_failure is null) _run(_work, share.End - remaining);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }

            done++;
        }

        if (done > 0 && Interlocked.Add(ref _unfinished, -done) == 0 && Interlocked.Exchange(ref _callerSleeps, 0) == 1)
            _finished.Set();
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

    // The items before End that remain of a thread's share; on a cache line of its own, since its thread writes it all the time.
    [StructLayout(LayoutKind.Sequential, Size = AlignedFloats.LineBytes)]
    private struct Share
    {
        public int Remaining, End;
    }
}
