using Gdn.Harness.Reports;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary>How far a campaign has come, in words: which part, which phase, what is done of it, what is wrong, what is left.</summary>
/// <param name="part">Which part of the whole the campaign is, in words; null where it is all.</param>
/// <param name="time">What tells the time; null for the system.</param>
internal sealed class ProgressState(string? part, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private string _phase = "";
    private int? _total;
    private int _done, _found;
    private long _start;
    private (TimeSpan At, TimeSpan Left)? _expected;

    /// <summary>Since the phase began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>What is done of the phase, from 0 to 1.</summary>
    public double Share
    {
        get
        {
            lock (_gate) return _total is > 0 and var total ? Math.Min((double)_done / total, 1) : 0;
        }
    }

    /// <summary>A phase begins.</summary>
    public void Begin(string phase, int? total)
    {
        lock (_gate) (_phase, _total, _done, _start, _expected) = (phase, total, 0, _time.GetTimestamp(), null);
    }

    /// <summary>A step is done.</summary>
    public void Step()
    {
        lock (_gate) _done++;
    }

    /// <summary>Something is wrong.</summary>
    public void Found()
    {
        lock (_gate) _found++;
    }

    /// <summary>How many steps are left, and how long they take.</summary>
    public void Expect(int steps, TimeSpan left)
    {
        lock (_gate) (_total, _expected) = (_done + steps, (Elapsed, left));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            string text = $"{(part is null ? "" : $"{part}, ")}{_phase}: {_done}{(_total is { } total ? Invariant($" of {total}") : "")}";
            if (_found > 0) text += Invariant($", {_found} dirty");
            return text + (Left() is { } left ? $", {DurationText.Of(left)} left" : $", {DurationText.Of(Elapsed)} so far");
        }
    }

    // As the campaign expects, or as the steps so far went.
    private TimeSpan? Left()
    {
        if (_expected is { } expected)
            return expected.Left - (Elapsed - expected.At) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        return _total is { } total && _done > 0 && total >= _done ? Elapsed / _done * (total - _done) : null;
    }
}
