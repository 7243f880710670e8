using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;

namespace Gdn.Harness.Faults;

/// <summary>Faults of the plain engine, each by the part that it replaces.</summary>
internal static class Planted
{
    /// <summary>A fault in the delta rule, which checks of the kernel alone see too.</summary>
    public static Fault InScan<T>(
        string id, string summary, string source, StateCause cause = StateCause.None,
        FaultLevels levels = FaultLevels.Kernel | FaultLevels.Model)
        where T : Scan, new() =>
        new(id, summary, source) { Levels = levels, Cause = cause, Parts = () => new Parts { Scan = new T() } };

    /// <summary>A fault in how tokens find their state.</summary>
    public static Fault InRouting<T>(
        string id, string summary, string source, int fromSlots = 1, StateCause cause = StateCause.None)
        where T : Routing, new() =>
        new(id, summary, source) { FromSlots = fromSlots, Cause = cause, Parts = () => new Parts { Routing = new T() } };

    /// <summary>A fault in what happens to states between batches.</summary>
    public static Fault InStates<T>(
        string id, string summary, string source, int fromSlots = 1, StateCause cause = StateCause.None)
        where T : StateKeeping, new() =>
        new(id, summary, source) { FromSlots = fromSlots, Cause = cause, Parts = () => new Parts { States = new T() } };
}
