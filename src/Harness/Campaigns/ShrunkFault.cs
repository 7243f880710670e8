using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults;
using Gdn.Harness.Findings;
using Gdn.Harness.Schedules;

namespace Gdn.Harness.Campaigns;

/// <summary>The smallest schedule that shows a fault, and whether its finding names the cause.</summary>
/// <param name="Steps">Steps of the schedule.</param>
/// <param name="Sequences">Sequences in it.</param>
/// <param name="Explanation">What the finding gives as the cause; null if it gives none.</param>
/// <param name="NamesCause">Whether that is the fault's; null for a fault that no wrong state explains.</param>
/// <param name="Schedule">The schedule in words.</param>
public sealed record ShrunkFault(
    int Steps, int Sequences, string? Explanation, bool? NamesCause, IReadOnlyList<string> Schedule)
{
    /// <summary>Sums up a finding.</summary>
    internal static ShrunkFault Of(Fault fault, Finding finding)
    {
        Schedule schedule = finding.Replay!.Schedule!;
        int sequences = schedule.Steps.OfType<DecodeStep>()
            .SelectMany(step => step.Runs).Select(run => run.Sequence).Distinct().Count();
        return new ShrunkFault(
            schedule.Steps.Count, sequences, finding.Cause,
            fault.Cause == StateCause.None ? null : finding.Attribution?.State.Names(fault.Cause) ?? false, finding.Steps);
    }
}
