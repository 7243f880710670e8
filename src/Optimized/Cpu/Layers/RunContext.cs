using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Optimized.Cpu.Threading;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>What every layer of a run needs to know.</summary>
/// <param name="Layout">The tokens.</param>
/// <param name="Rotary">Their positions.</param>
/// <param name="Scratch">Buffers that live as long as the layer runs.</param>
/// <param name="Workers">Threads to share the work with.</param>
internal readonly record struct RunContext(RunLayout Layout, RotaryTable Rotary, Scratch Scratch, Workers Workers);
