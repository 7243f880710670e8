using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Batches;

namespace Gdn.Properties.Support;

/// <summary>Random schedules one after the other on the same engine, as long as a test needs to reach everything.</summary>
internal static class LongSchedule
{
    /// <summary>The schedules of one seed; each but the last ends with the release of its sequences.</summary>
    public static Schedule Of(ulong seed, BatchLimits limits, int schedules)
    {
        Schedule[] parts = [.. Enumerable.Range(0, schedules)
            .Select(i => ScheduleGenerator.Generate(SeededRandom.Derive(seed, (ulong)i), limits))];
        // More planes than a part was made for allow whatever it does.
        int planes = parts.Max(part => part.Planes);
        var tracker = new ScheduleTracker(limits, planes);
        var steps = new List<ScheduleStep>();
        foreach (Schedule part in parts)
        {
            foreach (int sequence in tracker.Live.ToArray()) Add(new ClearStep(sequence));
            foreach (ScheduleStep step in part.Steps) Add(step);
        }

        return new Schedule(limits.MaxSequences, planes, steps);

        void Add(ScheduleStep step)
        {
            tracker.Apply(step);
            steps.Add(step);
        }
    }
}
