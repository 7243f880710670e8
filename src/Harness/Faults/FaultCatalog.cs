using Gdn.Reference;

namespace Gdn.Harness.Faults;

/// <summary>Every fault that can be planted.</summary>
public static class FaultCatalog
{
    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<Fault> All { get; } = [ShapeKey.Fault];

    /// <summary>The fault of that id.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static Fault Named(string id) => All.FirstOrDefault(fault => fault.Id == id)
        ?? throw new InputException(
            $"fault '{id}'", "it does not exist", "use one of " + string.Join(", ", All.Select(fault => fault.Id)));
}
