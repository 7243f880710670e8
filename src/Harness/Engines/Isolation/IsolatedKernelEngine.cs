using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A kernel in a process of its own, as a kernel here.</summary>
internal sealed class IsolatedKernelEngine(
    EngineProcesses processes, string name, KernelPrecision precision, KernelForms forms)
    : IsolatedOp(processes, name, precision), IKernelEngine
{
    /// <inheritdoc/>
    public KernelForms Forms => forms;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape)
    {
        KernelMessages.WriteShape(Ask(Request.Supports), shape);
        return IsYes();
    }

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        KernelMessages.WriteCall(BeginRun(Request.RunKernel), call);
        Channel reply = Call((long)call.Pool.Length + call.Output.Length + call.Snapshots.Length);
        reply.ReadInto(call.Pool);
        reply.ReadInto(call.Output);
        reply.ReadInto(call.Snapshots);
    }
}
