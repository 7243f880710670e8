using Gdn.Harness.Engines.Isolation;
using Gdn.Harness.Throughput;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines;

/// <summary>An engine as it is named on the command line: its model level, its kernel, or both.</summary>
public sealed class NamedEngine : IEngineFactory, IDisposable
{
    private readonly Func<EngineOptions, IModelEngine> _create;
    private readonly Func<IKernelEngine> _createKernel;
    private readonly Func<IConvEngine>? _createConv;
    private readonly ForeignEngine? _foreign;

    /// <summary>An engine in this process.</summary>
    internal NamedEngine(
        string name, Func<EngineOptions, IModelEngine> create, Func<IKernelEngine> createKernel,
        Func<IConvEngine>? createConv = null)
    {
        Name = name;
        (_create, _createKernel, _createConv) = (create, createKernel, createConv);
    }

    /// <summary>A foreign engine; disposed with this.</summary>
    internal NamedEngine(ForeignEngine foreign)
        : this(foreign.Name, foreign.Create, foreign.CreateKernel, foreign.HasConv ? foreign.CreateConv : null) => _foreign = foreign;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool ReadsModelFile => _foreign is not null;

    /// <summary>Whether the engine has a kernel to be judged alone.</summary>
    public bool HasKernel => _foreign?.HasKernel ?? true;

    /// <summary>Whether the engine has a convolution to be judged alone.</summary>
    public bool HasConv => _createConv is not null;

    /// <summary>Whether the engine runs models.</summary>
    public bool RunsModels => _foreign?.RunsModels ?? true;

    /// <inheritdoc/>
    /// <exception cref="InputException">The engine offers only a kernel.</exception>
    public IModelEngine Create(EngineOptions options) => RunsModels ? _create(options) : throw KernelAlone();

    /// <summary>The engine under another name, slower by a share.</summary>
    internal NamedEngine Slowed(string name, double share) =>
        new(name, options => SlowDown.Slowed(_create(options), share), _createKernel, _createConv);

    /// <summary>The engine's kernel alone. Variants other than threads lie above it, and so do many faults.</summary>
    /// <exception cref="InputException">It has none.</exception>
    public IKernelEngine CreateKernel() => HasKernel
        ? _createKernel()
        : throw new InputException(
            $"engine '{Name}'", "it has no kernel of its own", "use an engine that has one");

    /// <summary>The engine's convolution alone.</summary>
    /// <exception cref="InputException">It has none.</exception>
    public IConvEngine CreateConv() => _createConv?.Invoke() ?? throw new InputException(
        $"engine '{Name}'", "it has no convolution of its own", "replay it with an engine that has one");

    /// <inheritdoc/>
    public void Dispose() => _foreign?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What is wrong about running a model on a kernel.</summary>
    internal InputException KernelAlone() => new(
        $"engine '{Name}'", "it offers only a kernel and cannot run models", "use check, which runs kernel cases");
}
