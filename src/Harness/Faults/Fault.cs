using Gdn.Optimized.Cpu;

namespace Gdn.Harness.Faults;

/// <summary>
/// A real bug as a small switchable deviation of the CPU engine, at a seam that the engine has anyway. The harness proves
/// itself by finding it.
/// </summary>
/// <param name="Id">Name on the command line: <c>cpu+fault:ID</c>.</param>
/// <param name="Summary">What goes wrong, in one line.</param>
/// <param name="Source">Where the field saw it.</param>
/// <param name="Plant">Turns the options of a clean engine into those of the faulty one.</param>
public sealed record Fault(string Id, string Summary, string Source, Func<CpuEngineOptions, CpuEngineOptions> Plant);
