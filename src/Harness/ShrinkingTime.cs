namespace Gdn.Harness;

/// <summary>How long shrinking may take where a run has an end.</summary>
internal static class ShrinkingTime
{
    // A finding is worth some seconds beyond the time given.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(5);

    /// <summary>The limit.</summary>
    /// <param name="left">What is left of the run's time, or of a share of it; null for a run without an end.</param>
    /// <param name="most">Never longer than this.</param>
    public static TimeSpan Of(TimeSpan? left, TimeSpan most)
    {
        if (left is not { } time) return most;
        TimeSpan enough = time < Least ? Least : time;
        return enough < most ? enough : most;
    }
}
