namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// When a call that does not return counts as a hang. Its limit is on time of its own: what it spends waiting for a processor that
/// other processes use is not counted. Three things end it: the limit by the clock, less that waiting (a call that sleeps, or
/// waits for itself); the limit by processor time, once the clock has passed it too (one that spins, on however many
/// threads); and, whatever the reason, ten times the limit by the clock.
/// </summary>
/// <param name="limit">The limit.</param>
internal sealed class CallPatience(TimeSpan limit)
{
    /// <summary>How often within the limit the process is looked at.</summary>
    public const int Looks = 10;

    private const int Most = 10;
    private ProcessLoad? _first, _last;
    private TimeSpan _elapsed, _waited;

    /// <summary>Whether the call counts as a hang now.</summary>
    /// <param name="elapsed">How long it has taken, by the clock.</param>
    /// <param name="load">What its process has had of the machine; null where that is not known.</param>
    public bool IsOver(TimeSpan elapsed, ProcessLoad? load)
    {
        if (load is not null && _last is not null)
        {
            // Threads that run count their waits twice when they share a processor among themselves: never more than the clock.
            TimeSpan wait = load.LongestWaitSince(_last), passed = elapsed - _elapsed;
            _waited += wait < passed ? wait : passed;
        }

        (_elapsed, _last) = (elapsed, load);
        if (load is not null) _first ??= load;
        if (elapsed < limit) return false;
        return elapsed - _waited >= limit || elapsed >= Most * limit || (load is not null && load.Processor - _first!.Processor >= limit);
    }
}
