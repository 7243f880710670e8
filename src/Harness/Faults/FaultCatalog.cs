using Gdn.Reference;

namespace Gdn.Harness.Faults;

/// <summary>Every fault and every control that can be planted, and the known bugs that cannot.</summary>
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

    /// <summary>Real bugs that have no place in an engine without a draft head or a server.</summary>
    public static IReadOnlyList<InexpressibleFault> Inexpressible { get; } =
    [
        new("mtp-conditioning-row", "affects what a draft head is conditioned on: it changes acceptance, never the logits"),
        new("hidden-buffer-reused", "affects only a draft head's pointer to hidden states"),
        new("draft-mirror-stale", "affects only a draft head's copy of the hidden states"),
    ];

    /// <summary>Everything that can be planted.</summary>
    public static IReadOnlyList<Fault> All { get; } = [.. Faults, .. TwoAxis, .. Benign];

    /// <summary>The fault or control of that id.</summary>
    /// <exception cref="InputException">No fault or control has that id.</exception>
    public static Fault Named(string id) => All.FirstOrDefault(fault => fault.Id == id)
        ?? throw new InputException(
            $"fault '{id}'", "it does not exist", "use one of " + string.Join(", ", All.Select(fault => fault.Id)));
}
