using System.Diagnostics;
using Gdn.Harness.Metrics;

namespace Gdn.Harness.Throughput;

/// <summary>How long something took.</summary>
/// <param name="Wall">Seconds by the clock.</param>
/// <param name="Waited">
/// Seconds of these in which a thread at work was ready, but other processes had the processor; 0 where the system does not say.
/// </param>
public readonly record struct PhaseTime(double Wall, double Waited)
{
    // Whatever the system says of waiting, something was done.
    private const double MostWaiting = 0.99;

    /// <summary>Seconds that it takes on a machine that does nothing else.</summary>
    public double Seconds => Wall - Waited;

    /// <summary>Does something, and tells how long that took.</summary>
    public static PhaseTime Of(Action work)
    {
        ThreadTimes before = ThreadTimes.Now();
        long start = Stopwatch.GetTimestamp();
        work();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new PhaseTime(wall, Math.Min(ThreadTimes.Now().WaitedSince(before), MostWaiting * wall));
    }

    /// <summary>The sum of both.</summary>
    public static PhaseTime operator +(PhaseTime a, PhaseTime b) => new(a.Wall + b.Wall, a.Waited + b.Waited);

    /// <summary>The sum of both.</summary>
    public PhaseTime Add(PhaseTime other) => this + other;
}

/// <summary>The times of a <see cref="Workload"/>.</summary>
/// <param name="Prompt">T_PP.</param>
/// <param name="Answer">T_TG.</param>
public readonly record struct WorkloadTimes(PhaseTime Prompt, PhaseTime Answer);
