using static System.FormattableString;

namespace Gdn.Harness.Reports;

/// <summary>How long something takes, as people say it.</summary>
public static class DurationText
{
    /// <summary>With the two largest units: <c>8 s</c>, <c>2 min 40 s</c>, <c>1 h 20 min</c>.</summary>
    public static string Of(TimeSpan duration)
    {
        long seconds = Math.Max((long)Math.Ceiling(duration.TotalSeconds), 0);
        return seconds switch
        {
            < 60 => Invariant($"{seconds} s"),
            < 3600 => Invariant($"{seconds / 60} min {seconds % 60} s"),
            _ => Invariant($"{seconds / 3600} h {seconds / 60 % 60} min"),
        };
    }
}
