using Gdn.Harness.Engines;
using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Cuda;
using Gdn.Harness.Engines.Ggml;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Timing;

/// <summary>An engine to be timed, in this process and under the same clock as the others.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Create">Makes it, with a number of threads.</param>
public sealed record TimedEngine(string Name, Func<int, ITimedKernelEngine> Create)
{
    private const string GgmlPrefix = "ggml:";

    /// <summary>Reads a name.</summary>
    /// <exception cref="InputException">It names no engine that can be timed.</exception>
    public static TimedEngine Parse(string name) => name switch
    {
        _ when name.Split('+') is ["cpu", .. var additions] =>
            new TimedEngine(name, threads => CpuVariant.Parse(name, additions).Kernel(threads)),
        "cuda" => new TimedEngine(name, _ => new CudaKernelEngine(name, Gpu.Cuda)),
        EngineCatalog.CudaOnCpu => new TimedEngine(name, _ => new CudaKernelEngine(name, Gpu.Emulated)),
        _ when name.StartsWith(GgmlPrefix, StringComparison.Ordinal) =>
            new TimedEngine(name, threads => new GgmlKernelEngine(name[GgmlPrefix.Length..], threads)),
        _ => throw new InputException($"engine '{name}'", "it cannot be timed", "use cpu, cpu+ring:L, cuda, cuda:cpu or ggml:DIR"),
    };
}
