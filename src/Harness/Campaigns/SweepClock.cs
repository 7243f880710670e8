using Gdn.Harness.Traffic;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// How long the rest of a sweep takes, from how fast the server has been so far; and how many rounds a row may have for the sweep to
/// end in time.
/// </summary>
/// <param name="time">The time.</param>
/// <param name="limit">When the sweep is to end; null for no limit.</param>
/// <param name="sizes">How much text rounds have.</param>
internal sealed class SweepClock(TimeProvider time, TimeSpan? limit, RoundSizes sizes)
{
    // What answers cost, in answers of the usual length: those that a slot more adds to the solo answers, and the longest chain of a
    // round. Only their proportions matter: how long a token takes is measured.
    private static readonly Dictionary<Scenario, (double PerSlot, double Chain)> Costs = new()
    {
        [Scenario.Simultaneous] = (1, 2),
        [Scenario.Staggered] = (2, 2.5),
        [Scenario.Steady] = (1, 1),
        [Scenario.Churn] = (1.8, 3.5),
        [Scenario.Ragged] = (1, 2),
        [Scenario.Identical] = (0.3, 1),
        [Scenario.Cache] = (4, 5),
        [Scenario.Abort] = (3, 4),
        [Scenario.BusySlot] = (3, 4),
        [Scenario.SlotFiles] = (3, 4),
        [Scenario.Coincidence] = (1, 1),
        [Scenario.LongPrompts] = (1.5, 3),
        [Scenario.Agent] = (4, 6),
        [Scenario.Speculation] = (1, 1),
        [Scenario.Solo] = (4, 8),
    };

    private readonly long _start = time.GetTimestamp();
    private double _alone, _cost, _seconds;

    /// <summary>Since it was made.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => Elapsed >= limit;

    /// <summary>Takes what the server needs for a token of an answer when it has no other request.</summary>
    public void Learn(TimeSpan took, long tokens) => _alone = tokens == 0 ? 0 : took.TotalSeconds / tokens;

    /// <summary>What a token takes, in milliseconds.</summary>
    public double MillisecondsPerToken => 1000 * _alone;

    /// <summary>What a round of a row costs, in tokens one after the other.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="slots">np.</param>
    /// <param name="before">The np before, whose solo answers are known; 0 for none.</param>
    public double CostOf(Scenario scenario, int slots, int before)
    {
        (double perSlot, double chain) = Costs[scenario];
        // After each round a prompt is asked again.
        return sizes.Answer * (perSlot * Math.Max(slots - before, 0) + chain + 1);
    }

    /// <summary>Takes how long a round took.</summary>
    public void Played(double cost, TimeSpan took)
    {
        _cost += cost;
        _seconds += took.TotalSeconds;
    }

    /// <summary>How long so much takes.</summary>
    public TimeSpan Estimate(double cost) => TimeSpan.FromSeconds(cost * (_cost > 0 ? _seconds / _cost : _alone));

    /// <summary>How many rounds the next row has, if all rows that are left have as many; none when the time is over.</summary>
    /// <param name="cost">A round of each of them.</param>
    /// <param name="most">As many at most.</param>
    public int RoundsFor(double cost, int most)
    {
        if (limit is not { } end) return most;
        TimeSpan left = end - Elapsed, wave = Estimate(cost);
        if (left <= TimeSpan.Zero) return 0;
        return wave <= TimeSpan.Zero ? most : (int)Math.Clamp(left / wave, 1, most);
    }
}
