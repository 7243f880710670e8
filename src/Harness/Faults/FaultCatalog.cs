using Gdn.Reference;

namespace Gdn.Harness.Faults;

/// <summary>Every fault and every control that can be planted.</summary>
public static class FaultCatalog
{
    /// <summary>Real bugs.</summary>
    public static IReadOnlyList<Fault> Faults { get; } =
        [
            .. ScanFaults.All, .. RoutingFaults.All, .. PlanFaults.All, .. MemoryFaults.All, .. StateFaults.All,
            .. CheckpointFaults.All,
        ];

    /// <summary>
    /// Slips that show only where two things come together, each of which is harmless alone: what random schedules must cross
    /// to be worth running. Modelled on real bugs.
    /// </summary>
    public static IReadOnlyList<Fault> TwoAxis { get; } = [.. TwoAxisRouting.All, .. TwoAxisStates.All, .. TwoAxisLayers.All];

    /// <summary>What looks like a bug and is not one: must never be flagged.</summary>
    public static IReadOnlyList<Fault> Benign { get; } = Controls.All;

    /// <summary>
    /// Real bugs in what draft (MTP) layers read. They change drafts and no output, so that schedules cannot show them:
    /// <c>mtp-diff</c> does.
    /// </summary>
    public static IReadOnlyList<Fault> Drafting { get; } = DraftFaults.All;

    /// <summary>Real bugs of a ring in place of planes: planted into an engine that keeps one, on the CPU.</summary>
    public static IReadOnlyList<Fault> Rings { get; } = RingFaults.All;

    /// <summary>Everything that can be planted and that schedules are to show, or not to.</summary>
    public static IReadOnlyList<Fault> All { get; } = [.. Faults, .. TwoAxis, .. Benign];

    /// <summary>The fault or control of that id.</summary>
    /// <exception cref="InputException">No fault or control has that id.</exception>
    public static Fault Named(string id)
    {
        Fault[] known = [.. All, .. Drafting, .. Rings];
        return known.FirstOrDefault(fault => fault.Id == id) ?? throw new InputException(
            $"fault '{id}'", "it does not exist", Suggestion.Remedy(id, [.. known.Select(fault => fault.Id)], "see 'faults list'"));
    }
}
