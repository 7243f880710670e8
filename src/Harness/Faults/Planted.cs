using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using Gdn.Optimized.Batching;

namespace Gdn.Harness.Faults;

/// <summary>Faults, each by the part of an engine that it replaces.</summary>
internal static class Planted
{
    /// <summary>A fault in how the batched engine routes tokens to their state, or reuses plans, on any device.</summary>
    public static Fault InRouting<T>(
        string id, string summary, string source, int fromSlots = 1, StateCause cause = StateCause.None, bool poisons = false)
        where T : RoutingPolicy, new() =>
        new(id, summary, source)
        {
            FromSlots = fromSlots,
            Cause = cause,
            // What a former tenant has left is what real engines read; NaN in its place would hide whose it was.
            Plant = options => options with { Routing = new T(), PoisonFreeSlots = poisons },
        };

    /// <summary>A fault in the delta rule, which checks of the kernel alone see too.</summary>
    public static Fault InScan<T>(
        string id, string summary, string source, StateCause cause = StateCause.None,
        FaultLevels levels = FaultLevels.Kernel | FaultLevels.Model)
        where T : Scan, new() =>
        new(id, summary, source) { Levels = levels, Cause = cause, Parts = () => new Parts { Scan = new T() } };

    /// <summary>A fault in the memory that a pass works on.</summary>
    public static Fault InMemory<T>(string id, string summary, string source, int fromSlots = 1)
        where T : PassMemory, new() =>
        new(id, summary, source) { FromSlots = fromSlots, Parts = () => new Parts { Memory = new T() } };

    /// <summary>The fault, declared to show only after drafts were rejected.</summary>
    public static Fault AfterRejections(this Fault fault) => fault with { NeedsRejections = true };

    /// <summary>The fault as one that shows only where two things come together.</summary>
    public static Fault Needing(this Fault fault, string first, string second) => fault with { Axes = [first, second] };

    /// <summary>A fault in what happens to states between batches.</summary>
    public static Fault InStates<T>(
        string id, string summary, string source, int fromSlots = 1, StateCause cause = StateCause.None)
        where T : StateKeeping, new() =>
        new(id, summary, source) { FromSlots = fromSlots, Cause = cause, Parts = () => new Parts { States = new T() } };
}
