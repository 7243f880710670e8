using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>A convolution in a process of its own, as one here.</summary>
internal sealed class IsolatedConvEngine(EngineProcesses processes, string name, KernelPrecision precision)
    : IsolatedOp(processes, name, precision), IConvEngine
{
    /// <inheritdoc/>
    public bool Supports(in ConvCallShape shape)
    {
        Ask(Request.SupportsConv).Write(shape);
        return IsYes();
    }

    /// <inheritdoc/>
    public void Run(in ConvCall call)
    {
        Channel request = BeginRun(Request.RunConv);
        request.Write(call.Shape);
        request.Write(call.X);
        request.Write(call.Weights);
        request.Write(call.Bias);
        request.Write(call.Rows);
        request.Write<float>(call.Pool);
        Channel reply = Call((long)call.Pool.Length + call.Output.Length + call.Snapshots.Length);
        reply.ReadInto(call.Pool);
        reply.ReadInto(call.Output);
        reply.ReadInto(call.Snapshots);
    }
}
