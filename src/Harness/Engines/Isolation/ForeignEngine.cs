using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>An engine that is not ours, run in processes of its own.</summary>
internal sealed class ForeignEngine : IEngineFactory, IDisposable
{
    private readonly EngineProcesses _processes;
    private readonly KernelPrecision _precision, _convPrecision;
    private readonly KernelForms _forms;

    /// <summary>Loads it once, to see what it offers.</summary>
    /// <param name="name">As on the command line.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="InputException">It is not an engine, or one for another version.</exception>
    /// <exception cref="EnvironmentException">It cannot be loaded, or its process dies of it.</exception>
    public ForeignEngine(string name, IsolationOptions options)
    {
        Name = name;
        _processes = new EngineProcesses(name, options);
        EngineProcess process = _processes.Take();
        try
        {
            process.Begin(Request.Describe);
            Channel reply = process.Call(_processes.CallLimit);
            (HasKernel, RunsModels) = (reply.Read<bool>(), reply.Read<bool>());
            _precision = reply.ReadPrecision();
            _forms = reply.Read<KernelForms>();
            HasConv = reply.Read<bool>();
            _convPrecision = reply.ReadPrecision();
        }
        catch (Exception e)
        {
            _processes.Dispose();
            if (e is EngineDiedException) throw NotLoaded(e.Message, e);
            if (e is EngineThrewException threw) throw NotLoaded($"it threw {threw.Type}: {threw.Message}", e);
            throw;
        }

        _processes.Give(process);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool ReadsModelFile => true;

    /// <summary>Whether it has a kernel to be judged alone.</summary>
    public bool HasKernel { get; }

    /// <summary>Whether it has a convolution to be judged alone.</summary>
    public bool HasConv { get; }

    /// <summary>Whether it runs models.</summary>
    public bool RunsModels { get; }

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions options) => new IsolatedModelEngine(_processes, Name, options);

    /// <summary>Its kernel.</summary>
    public IKernelEngine CreateKernel() => new IsolatedKernelEngine(_processes, Name, _precision, _forms);

    /// <summary>Its convolution.</summary>
    public IConvEngine CreateConv() => new IsolatedConvEngine(_processes, Name, _convPrecision);

    /// <inheritdoc/>
    public void Dispose() => _processes.Dispose();

    private EnvironmentException NotLoaded(string how, Exception cause) => new(
        $"engine '{Name}'", $"it cannot be loaded: {how.ReplaceLineEndings(" ")}",
        "load it in a program of its own, and try again when that works", cause);
}
