using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Faults;
using Gdn.Harness.Kernels;
using Gdn.Harness.Models;
using Gdn.Optimized.Cpu;
using Gdn.Reference;
using Gdn.Reference.State;

namespace Gdn.Harness.Engines;

/// <summary>
/// An engine by its name on the command line: <c>reference</c>, <c>cpu</c>, <c>cpu+fault:ID</c>, <c>native:LIB</c>,
/// <c>assembly:DLL[:TYPE]</c>, <c>ggml:DIR</c>. The last three are foreign, and run in processes of their own. To
/// <c>cpu</c> variants can be added (<see cref="CpuVariant"/>).
/// </summary>
public sealed class EngineSpec : IEngineSource, IDisposable
{
    private const string FaultPrefix = "fault:";

    private readonly Func<LoadedModel, int, int, IModelEngine> _create;
    private readonly Func<IKernelEngine> _createKernel;
    private readonly ForeignEngine? _foreign;

    private EngineSpec(
        string name, StateFormat stateFormat, Func<LoadedModel, int, int, IModelEngine> create,
        Func<IKernelEngine> createKernel)
    {
        (Name, StateFormat) = (name, stateFormat);
        (_create, _createKernel) = (create, createKernel);
    }

    private EngineSpec(ForeignEngine foreign)
        : this(foreign.Name, foreign.StateFormat, foreign.Create, foreign.CreateKernel) => _foreign = foreign;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StateFormat StateFormat { get; }

    /// <inheritdoc/>
    public bool LoadsModels => _foreign?.LoadsModels ?? false;

    /// <summary>Whether the engine has a kernel to be judged alone.</summary>
    public bool HasKernel => _foreign?.HasKernel ?? true;

    /// <summary>Whether the engine runs models.</summary>
    public bool RunsModels => _foreign?.RunsModels ?? true;

    /// <summary>Reads a name; a foreign engine is loaded once.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isolation">How to run a foreign engine; null for the usual way.</param>
    /// <exception cref="InputException">It names no engine, no fault or no variant.</exception>
    /// <exception cref="EnvironmentException">A foreign engine cannot be loaded.</exception>
    public static EngineSpec Parse(string name, IsolationOptions? isolation = null) => name switch
    {
        "reference" => new EngineSpec(
            name, StateFormat.F32, (model, slots, planes) => new ReferenceModelEngine(model, slots, planes),
            () => new ReferenceKernelEngine()),
        _ when name.Split('+') is ["cpu", .. var additions] => ParseCpu(name, additions),
        _ when LoadedEngine.IsForeign(name) =>
            new EngineSpec(new ForeignEngine(name, isolation ?? IsolationOptions.Default)),
        _ => throw new InputException(
            $"engine '{name}'", "it does not exist",
            "use reference, cpu, cpu+fault:ID, native:LIB, assembly:DLL or ggml:DIR"),
    };

    /// <summary>Reads the name of an engine that runs models.</summary>
    /// <exception cref="InputException">It names no engine or no fault, or the engine is a kernel alone.</exception>
    /// <exception cref="EnvironmentException">A foreign engine cannot be loaded.</exception>
    public static EngineSpec ParseForModels(string name, IsolationOptions? isolation = null)
    {
        EngineSpec spec = Parse(name, isolation);
        if (spec.RunsModels) return spec;
        spec.Dispose();
        throw spec.KernelAlone();
    }

    /// <inheritdoc/>
    /// <exception cref="InputException">The engine is a kernel alone.</exception>
    public IModelEngine Create(LoadedModel model, int slots, int planes) =>
        RunsModels ? _create(model, slots, planes) : throw KernelAlone();

    /// <summary>The engine's kernel alone. Variants other than threads lie above it, and so do many faults.</summary>
    /// <exception cref="InputException">It has none.</exception>
    public IKernelEngine CreateKernel() => HasKernel
        ? _createKernel()
        : throw new InputException(
            $"engine '{Name}'", "it has no kernel of its own", "replay it with an engine that has");

    private static EngineSpec ParseCpu(string name, string[] additions)
    {
        Fault[] faults = [.. additions.Where(IsFault).Select(addition => FaultCatalog.Named(addition[FaultPrefix.Length..]))];
        if (faults.FirstOrDefault(fault => fault.Plant is null) is { } plain)
            return additions.Length == 1
                ? new EngineSpec(
                    name, plain.StateFormat, (model, slots, planes) => plain.Create(name, model, slots, planes),
                    plain.CreateKernel)
                : throw new InputException(
                    $"engine '{name}'", $"{plain.Id} is planted into an engine without variants",
                    $"use cpu+fault:{plain.Id} alone");

        Func<CpuEngineOptions, CpuEngineOptions> setUp = faults.Select(fault => fault.Plant!)
            .Concat(additions.Where(addition => !IsFault(addition)).Select(variant => CpuVariant.Parse(name, variant)))
            .Aggregate((CpuEngineOptions own) => own, (all, next) => own => next(all(own)));
        CpuEngineOptions options = setUp(new CpuEngineOptions(1, 1, 1));
        return new EngineSpec(
            name, options.StateFormat, (model, slots, planes) => new CpuModelEngine(name, model, slots, planes, setUp),
            () => new CpuKernelEngine(options.Threads));
    }

    private static bool IsFault(string addition) => addition.StartsWith(FaultPrefix, StringComparison.Ordinal);

    private InputException KernelAlone() => new(
        $"engine '{Name}'", "it is a kernel alone and runs no models", "use check, which runs kernel cases");

    /// <inheritdoc/>
    public void Dispose() => _foreign?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
