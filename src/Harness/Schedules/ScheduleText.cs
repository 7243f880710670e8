using System.Globalization;

namespace Gdn.Harness.Schedules;

/// <summary>Schedules as a maintainer reads them, one line per step.</summary>
public static class ScheduleText
{
    /// <summary>One line per step, numbered.</summary>
    public static IReadOnlyList<string> Describe(Schedule schedule) =>
        [.. schedule.Steps.Select((step, i) => string.Create(CultureInfo.InvariantCulture, $"{i}: {step.Describe()}"))];
}
