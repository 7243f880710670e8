using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Cuda;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Faults;
using Gdn.Harness.Throughput;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Optimized.Cuda;
using Gdn.Optimized.Cuda.Accelerators;
using Gdn.Reference;

namespace Gdn.Harness.Engines;

/// <summary>
/// Engines by name: <c>reference</c>, <c>cpu</c>, <c>cpu+fault:ID</c>, <c>cuda</c>, <c>cuda:cpu</c>, <c>native:LIB</c>, <c>assembly:DLL[:TYPE]</c>,
/// <c>ggml:DIR</c>, <c>llama:DIR[,option=value...][+fault:ID]</c>. The last four are foreign, and run in processes of their own.
/// To <c>cpu</c> variants can be added (<see cref="CpuVariant"/>), and to all of them <c>+slow:P%</c> (<see cref="SlowDown"/>).
/// </summary>
public static class EngineCatalog
{
    /// <summary>The CUDA engine with its kernels on the CPU, for machines without a GPU.</summary>
    public const string CudaOnCpu = "cuda:cpu";

    private const string FaultPrefix = "fault:";

    private static readonly string[] Families = ["reference", "cpu", "cuda", "native", "assembly", "ggml", "llama"];

    /// <summary>Names, and beginnings of names that end with a path: what a command line can be completed with.</summary>
    public static string[] Examples =>
    [
        "reference", "cpu", "cuda", "cuda:cpu", "native:", "assembly:", "ggml:", "llama:",
        .. FaultCatalog.All.Concat(FaultCatalog.Drafting).Concat(FaultCatalog.Rings).Select(fault => $"cpu+{FaultPrefix}{fault.Id}"),
    ];

    /// <summary>Reads a name; a foreign engine is loaded once.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isolation">How to run a foreign engine; null for the usual way.</param>
    /// <exception cref="InputException">It names no engine, no fault or no variant.</exception>
    /// <exception cref="EnvironmentException">A foreign engine cannot be loaded.</exception>
    public static NamedEngine Parse(string name, IsolationOptions? isolation = null)
    {
        // A foreign engine is slowed down in its own process.
        (string own, double slowDown) = ForeignEngines.Includes(name) ? (name, 0) : SlowDown.Split(name);
        return slowDown == 0 ? ParsePlain(own, isolation) : Parse(own, isolation).Slowed(name, slowDown);
    }

    private static NamedEngine ParsePlain(string name, IsolationOptions? isolation) => name switch
    {
        "reference" => new NamedEngine(
            name, options => new ReferenceModelEngine(options), () => new ReferenceKernelEngine(), () => new ReferenceConvEngine()),
        _ when name.Split('+') is ["cpu", .. var additions] => ParseCpu(name, additions),
        _ when name.Split('+') is ["cuda" or CudaOnCpu, .. var additions] => ParseCuda(name, additions),
        _ when ForeignEngines.Includes(name) =>
            new NamedEngine(new ForeignEngine(name, isolation ?? IsolationOptions.Default)),
        _ => throw new InputException(
            $"engine '{name}'", "it does not exist",
            (Suggestion.Nearest(name.Split('+', ':')[0], Families) is { } family ? $"did you mean {family}? Otherwise " : "")
            + "use reference, cpu, cpu+fault:ID, cuda, cuda:cpu, native:LIB, assembly:DLL, ggml:DIR or llama:DIR"),
    };

    /// <summary>Reads the name of an engine that runs models.</summary>
    /// <exception cref="InputException">It names no engine or no fault, or the engine offers only a kernel.</exception>
    /// <exception cref="EnvironmentException">A foreign engine cannot be loaded.</exception>
    public static NamedEngine ParseForModels(string name, IsolationOptions? isolation = null)
    {
        NamedEngine engine = Parse(name, isolation);
        if (engine.RunsModels) return engine;
        engine.Dispose();
        throw engine.KernelAlone();
    }

    /// <summary>
    /// The names in a list: a comma stands between two of them only where a name begins after it, since options of llama follow commas too.
    /// </summary>
    public static IReadOnlyList<string> Split(string names)
    {
        var split = new List<string>();
        foreach (string part in names.Split(','))
        {
            if (split.Count == 0 || part is "reference" || part.Split('+')[0] is "cpu" or "cuda" or CudaOnCpu || ForeignEngines.Includes(part)) split.Add(part);
            else split[^1] += $",{part}";
        }

        return split;
    }

    private static NamedEngine ParseCpu(string name, string[] additions)
    {
        Fault? fault = FaultOf(name, additions);
        if (fault is { Plant: null })
            return additions.Length == 1
                ? new NamedEngine(name, options => fault.CreateSeamed(name, options), fault.CreateSeamedKernel)
                : throw new InputException(
                    $"engine '{name}'", $"{fault.Id} is planted into an engine without variants",
                    $"use cpu+fault:{fault.Id} alone");

        CpuVariant variant = CpuVariant.Parse(name, additions.Where(addition => !IsFault(addition)));
        return new NamedEngine(
            name,
            options =>
            {
                CpuOptions clean = variant.Options(options);
                return CpuDevice.Engine(name, fault is null ? clean : (CpuOptions)fault.Plant!(clean));
            },
            () => variant.Kernel(),
            () => new CpuConvEngine(variant.Threads));
    }

    private static NamedEngine ParseCuda(string name, string[] additions)
    {
        Fault? fault = FaultOf(name, additions);
        if (fault is { Plant: null })
            throw new InputException(
                $"engine '{name}'", $"{fault.Id} is planted into an engine of its own on the CPU", $"use cpu+fault:{fault.Id}");
        if (additions.FirstOrDefault(addition => !IsFault(addition)) is { } other)
            throw new InputException($"engine '{name}'", $"'+{other}' is not one of its variants", "use +fault:ID");
        Func<Gpu> gpu = name.Split('+')[0] == CudaOnCpu ? () => Gpu.Emulated : () => Gpu.Cuda;
        return new NamedEngine(
            name,
            options =>
            {
                var clean = new BatchedOptions { Engine = options };
                return CudaDevice.Engine(name, fault is null ? clean : fault.Plant!(clean), gpu());
            },
            () => new CudaKernelEngine(name, gpu()),
            () => new CudaConvEngine(name, gpu()));
    }

    // The fault among the additions, or null.
    private static Fault? FaultOf(string name, string[] additions)
    {
        Fault[] faults = [.. additions.Where(IsFault).Select(addition => FaultCatalog.Named(addition[FaultPrefix.Length..]))];
        return faults.Length > 1
            ? throw new InputException(
                $"engine '{name}'", $"{faults[0].Id} and {faults[1].Id} cannot be combined", "plant one at a time")
            : faults.SingleOrDefault();
    }

    private static bool IsFault(string addition) => addition.StartsWith(FaultPrefix, StringComparison.Ordinal);
}
