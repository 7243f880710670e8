using System.Diagnostics;
using Gdn.Optimized.Cpu;

namespace Gdn.Harness.Metrics;

/// <summary>
/// What this machine can do with a number of threads, measured: the ceilings that kernels are compared with. The best of
/// several attempts, since a ceiling is what nothing exceeds.
/// </summary>
public static class HardwareProbe
{
    private const int Attempts = 40;

    /// <summary>Multiply-adds a second of single-precision vectors in registers.</summary>
    public static double MultiplyAdds(int threads)
    {
        const int loops = 2_000_000;
        return (double)threads * loops * CeilingLoops.MultiplyAddsPerLoop
            / Fastest(threads, _ => CeilingLoops.MultiplyAdd(loops));
    }

    /// <summary>
    /// Bytes read and written a second by passes over a block of memory that update each float in place, as a decode step
    /// updates states. What fits into a cache is measured there.
    /// </summary>
    /// <param name="threads">Each takes an equal part.</param>
    /// <param name="bytes">Bytes read and written by one pass: twice the memory that it runs over.</param>
    public static double Bandwidth(int threads, long bytes)
    {
        int part = (int)(bytes / 2 / sizeof(float) / threads);
        int passes = (int)Math.Clamp(16_000_000 / Math.Max(1, part), 1, 10_000);
        float[][] memory = [.. Enumerable.Range(0, threads).Select(_ => new float[part])];
        double seconds = Fastest(threads, thread =>
        {
            for (int pass = 0; pass < passes; pass++) CeilingLoops.Update(memory[thread]);
        });
        return 2.0 * sizeof(float) * part * threads * passes / seconds;
    }

    private static double Fastest(int threads, Action<int> work)
    {
        double best = double.PositiveInfinity;
        using var start = new Barrier(threads);
        var seconds = new double[threads];
        void Attempt(int thread)
        {
            for (int i = 0; i < Attempts; i++)
            {
                start.SignalAndWait();
                long begin = Stopwatch.GetTimestamp();
                work(thread);
                seconds[thread] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                start.SignalAndWait();
                if (thread == 0) best = Math.Min(best, seconds.Max());
            }
        }

        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(thread => new Thread(() => Attempt(thread)))];
        foreach (Thread other in others) other.Start();
        Attempt(0);
        foreach (Thread other in others) other.Join();
        return best;
    }
}
