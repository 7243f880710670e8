using Gdn.Harness.Faults;
using Gdn.Harness.Kernels;
using Gdn.Harness.Models;
using Gdn.Reference;

namespace Gdn.Harness.Engines;

/// <summary>An engine by its name on the command line: <c>reference</c>, <c>cpu</c>, <c>cpu+fault:ID</c>.</summary>
public sealed class EngineSpec : IEngineSource
{
    private const string FaultPrefix = "cpu+fault:";

    private readonly Fault? _fault;

    private EngineSpec(string name, Fault? fault)
    {
        Name = name;
        _fault = fault;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Reads a name.</summary>
    /// <exception cref="InputException">It names no engine or no fault.</exception>
    public static EngineSpec Parse(string name) => name switch
    {
        "reference" or "cpu" => new EngineSpec(name, null),
        _ when name.StartsWith(FaultPrefix, StringComparison.Ordinal) =>
            new EngineSpec(name, FaultCatalog.Named(name[FaultPrefix.Length..])),
        _ => throw new InputException(
            $"engine '{name}'", "it does not exist", "use reference, cpu or cpu+fault:ID"),
    };

    /// <inheritdoc/>
    public IModelEngine Create(LoadedModel model, int slots, int planes) => Name == "reference"
        ? new ReferenceModelEngine(model, slots, planes)
        : new CpuModelEngine(Name, model, slots, planes, _fault);

    /// <summary>The engine's kernel alone. A planted fault lies above it.</summary>
    public IKernelEngine CreateKernel() => Name == "reference" ? new ReferenceKernelEngine() : new CpuKernelEngine();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
