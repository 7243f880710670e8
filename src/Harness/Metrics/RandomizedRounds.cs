using System.Diagnostics;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Metrics;

/// <summary>
/// Times several pieces of work side by side: in rounds, each once a round, in an order drawn anew for every round. What
/// drifts (clocks, neighbours on the machine) then hits all of them alike, and ratios within a round are free of it. For
/// every sample the work is set up anew, since where its memory happens to lie can matter more than anything measured.
/// </summary>
public sealed class RandomizedRounds
{
    private const int MinCalls = 3;

    // The runtime compiles what is called often once more, in the background.
    private static readonly TimeSpan CompileTime = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan WakeTime = TimeSpan.FromMilliseconds(2);

    private readonly Func<ITimedWork>[] _work;
    private readonly double[][] _calls;

    /// <summary>Times pieces of work.</summary>
    /// <param name="work">Set up the pieces.</param>
    /// <param name="sample">A sample is the median of as many calls as fit into this, and of three at least.</param>
    public RandomizedRounds(IReadOnlyList<Func<ITimedWork>> work, TimeSpan sample)
    {
        _work = [.. work];
        _calls = [.. _work.Select(setUp =>
        {
            using ITimedWork piece = setUp();
            Warm(piece, CompileTime);
            // A clock may not tick between two readings.
            double once = Math.Max(Time(piece), 1e-9);
            return new double[(int)Math.Clamp(sample.TotalSeconds / once, MinCalls, 100_000)];
        })];
    }

    /// <summary>Takes the samples. The first round is thrown away.</summary>
    /// <param name="rounds">Rounds to keep.</param>
    /// <param name="random">Draws the orders.</param>
    /// <param name="step">Called after each round, the first included.</param>
    /// <param name="cancellation">Ends it after a round, with those so far.</param>
    /// <returns>Seconds per call, <c>[work][rounds]</c>.</returns>
    public double[][] Run(int rounds, SeededRandom random, Action step, CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, _work.Length)];
        List<double>[] samples = [.. _work.Select(_ => new List<double>(rounds + 1))];
        for (int round = 0; round <= rounds && !cancellation.IsCancellationRequested; round++)
        {
            random.Shuffle(order.AsSpan());
            foreach (int i in order) samples[i].Add(Sample(i));
            step();
        }

        return [.. samples.Select(list => list.Skip(1).ToArray())];
    }

    private double Sample(int index)
    {
        using ITimedWork piece = _work[index]();
        Quiescence.Await();
        Warm(piece, WakeTime);
        Span<double> calls = _calls[index];
        foreach (ref double call in calls) call = Time(piece);
        return HodgesLehmann.Median(calls);
    }

    // What ran before has left its own data in the caches, and sleeping threads want waking.
    private static void Warm(ITimedWork piece, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        do piece.Run();
        while (Stopwatch.GetElapsedTime(start) < time);
    }

    private static double Time(ITimedWork piece)
    {
        long start = Stopwatch.GetTimestamp();
        piece.Run();
        return piece.DeviceSeconds ?? Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
