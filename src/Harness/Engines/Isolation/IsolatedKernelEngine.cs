using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A kernel in a process of its own, as a kernel here. A death is reported once; the next call has a new process.</summary>
internal sealed class IsolatedKernelEngine(
    EngineProcesses processes, string name, KernelPrecision precision, KernelForms forms) : IKernelEngine
{
    private EngineProcess? _process;
    private EngineDiedException? _death;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public KernelPrecision Precision => precision;

    /// <inheritdoc/>
    public KernelForms Forms => forms;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape)
    {
        try
        {
            KernelMessages.WriteShape(Begin(Request.Supports), shape);
            return Call().Read<bool>();
        }
        catch (EngineDiedException death)
        {
            // A question cannot be a finding; the run that follows it can.
            _death = death;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        if (_death is { } death)
        {
            _death = null;
            throw death;
        }

        KernelMessages.WriteCall(Begin(Request.RunKernel), call);
        Channel reply = Call();
        reply.ReadInto(call.Pool);
        reply.ReadInto(call.Output);
        reply.ReadInto(call.Snapshots);
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private Channel Begin(Request request) => (_process ??= processes.Take()).Begin(request);

    private Channel Call()
    {
        try
        {
            return _process!.Call(processes.CallLimit);
        }
        catch (Exception e) when (e is EngineDiedException or OperationCanceledException)
        {
            Release();
            throw;
        }
    }

    private void Release()
    {
        if (_process is not null) processes.Give(_process);
        _process = null;
    }
}
