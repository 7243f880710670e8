using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Foreign;

/// <summary>A foreign engine in the process that runs it.</summary>
/// <param name="Kernel">Its kernel, or null.</param>
/// <param name="Models">Its model level, or null.</param>
/// <param name="Conv">Its convolution, or null.</param>
internal sealed record LoadedEngine(IKernelEngine? Kernel, IEngineFactory? Models, IConvEngine? Conv = null);
