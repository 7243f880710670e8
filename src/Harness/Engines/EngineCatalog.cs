using Gdn.Harness.Engines.Cpu;
using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Faults;
using Gdn.Optimized.Cpu;
using Gdn.Reference;

namespace Gdn.Harness.Engines;

/// <summary>
/// Engines by name: <c>reference</c>, <c>cpu</c>, <c>cpu+fault:ID</c>, <c>native:LIB</c>, <c>assembly:DLL[:TYPE]</c>,
/// <c>ggml:DIR</c>. The last three are foreign, and run in processes of their own. To <c>cpu</c> variants can be added
/// (<see cref="CpuVariant"/>).
/// </summary>
public static class EngineCatalog
{
    private const string FaultPrefix = "fault:";

    /// <summary>Reads a name; a foreign engine is loaded once.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isolation">How to run a foreign engine; null for the usual way.</param>
    /// <exception cref="InputException">It names no engine, no fault or no variant.</exception>
    /// <exception cref="EnvironmentException">A foreign engine cannot be loaded.</exception>
    public static NamedEngine Parse(string name, IsolationOptions? isolation = null) => name switch
    {
        "reference" => new NamedEngine(
            name, options => new ReferenceModelEngine(options), () => new ReferenceKernelEngine()),
        _ when name.Split('+') is ["cpu", .. var additions] => ParseCpu(name, additions),
        _ when ForeignEngines.Includes(name) =>
            new NamedEngine(new ForeignEngine(name, isolation ?? IsolationOptions.Default)),
        _ => throw new InputException(
            $"engine '{name}'", "it does not exist",
            "use reference, cpu, cpu+fault:ID, native:LIB, assembly:DLL or ggml:DIR"),
    };

    /// <summary>Reads the name of an engine that runs models.</summary>
    /// <exception cref="InputException">It names no engine or no fault, or the engine is a kernel alone.</exception>
    /// <exception cref="EnvironmentException">A foreign engine cannot be loaded.</exception>
    public static NamedEngine ParseForModels(string name, IsolationOptions? isolation = null)
    {
        NamedEngine engine = Parse(name, isolation);
        if (engine.RunsModels) return engine;
        engine.Dispose();
        throw engine.KernelAlone();
    }

    private static NamedEngine ParseCpu(string name, string[] additions)
    {
        Fault[] faults = [.. additions.Where(IsFault).Select(addition => FaultCatalog.Named(addition[FaultPrefix.Length..]))];
        if (faults.FirstOrDefault(fault => fault.Plant is null) is { } seamed)
            return additions.Length == 1
                ? new NamedEngine(name, options => seamed.Create(name, options), seamed.CreateKernel)
                : throw new InputException(
                    $"engine '{name}'", $"{seamed.Id} is planted into an engine without variants",
                    $"use cpu+fault:{seamed.Id} alone");

        Func<CpuEngineOptions, CpuEngineOptions> setUp = faults.Select(fault => fault.Plant!)
            .Concat(additions.Where(addition => !IsFault(addition)).Select(variant => CpuVariant.Parse(name, variant)))
            .Aggregate((CpuEngineOptions own) => own, (all, next) => own => next(all(own)));
        int threads = setUp(new CpuEngineOptions(1, 1, 1)).Threads;
        return new NamedEngine(
            name, options => new CpuModelEngine(name, options, setUp), () => new CpuKernelEngine(threads));
    }

    private static bool IsFault(string addition) => addition.StartsWith(FaultPrefix, StringComparison.Ordinal);
}
