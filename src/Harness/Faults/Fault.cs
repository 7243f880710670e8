using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using Gdn.Optimized.Batching;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;
using Gdn.Reference.State;

namespace Gdn.Harness.Faults;

/// <summary>
/// A real bug as a small switchable deviation of an engine, at a seam that engines have anyway: of the batched engine, on
/// whatever device, where it lies in routing or plans, else of the seamed engine. The harness proves itself by finding it. Also
/// a benign control: a deviation that is not a bug, and must not be flagged.
/// </summary>
/// <param name="Id">Name on the command line: <c>cpu+fault:ID</c>.</param>
/// <param name="Summary">What goes wrong, in one line.</param>
/// <param name="Source">Where the field saw it.</param>
public sealed record Fault(string Id, string Summary, string Source)
{
    /// <summary>Which checks have something to see.</summary>
    public FaultLevels Levels { get; init; } = FaultLevels.Model;

    /// <summary>The least number of parallel slots at which it shows at model level.</summary>
    public int FromSlots { get; init; } = 1;

    /// <summary>What explains the wrong values.</summary>
    public StateCause Cause { get; init; }

    /// <summary>What must come together for it to show; empty where one thing is enough.</summary>
    public IReadOnlyList<string> Axes { get; init; } = [];

    /// <summary>Whether it shows only after drafts were rejected: without rollbacks the engine is right.</summary>
    public bool NeedsRejections { get; init; }

    /// <summary>How the engine declares to keep its states; of the seamed engine only.</summary>
    public StateFormat StateFormat { get; init; }

    /// <summary>
    /// Turns the options of a clean batched engine, on any device, into those of the faulty one; null for a fault of the
    /// seamed engine.
    /// </summary>
    public Func<BatchedOptions, BatchedOptions>? Plant { get; init; }

    /// <summary>The parts of a seamed engine with the fault, new ones each time: some count.</summary>
    internal Func<Parts> Parts { get; init; } = () => new Parts();

    /// <summary>Makes a seamed engine with the fault.</summary>
    internal IModelEngine CreateSeamed(string name, EngineOptions options) =>
        new SeamedEngine(name, options, StateFormat, Parts());

    /// <summary>Makes the kernel of a seamed engine with the fault; clean unless the fault lies there.</summary>
    internal IKernelEngine CreateSeamedKernel() => new ScanKernel($"cpu+fault:{Id}", Parts().Scan);
}
