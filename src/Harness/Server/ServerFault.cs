namespace Gdn.Harness.Server;

/// <summary>
/// A real bug of a server, as a small deviation in how it handles states that it keeps, and clients that leave. The engine
/// below it may be any.
/// </summary>
/// <param name="Id">Name on the command line: <c>serve --fault ID</c>.</param>
/// <param name="Summary">What goes wrong, in one line.</param>
/// <param name="Source">Where the field saw it.</param>
public sealed record ServerFault(string Id, string Summary, string Source)
{
    /// <summary>Whether it takes snapshots of its own, or shows only where checkpoints are kept.</summary>
    internal bool NeedsSnapshots { get; init; }

    /// <summary>Makes the deviating part.</summary>
    internal Func<StateHandling> Create { get; init; } = () => new StateHandling();

    /// <summary>The fault of that id, or null.</summary>
    public static ServerFault? Find(string id) => ServerFaults.All.FirstOrDefault(fault => fault.Id == id);
}
