using Gdn.Harness.Engines.Cpu;
using Gdn.Reference.Kernels;

namespace Gdn.ForeignEngine;

/// <summary>The CPU engine's kernel, as a foreign one.</summary>
public class PlainKernel : IKernelEngine
{
    private readonly CpuKernelEngine _inner = new();

    public string Name => "plain";

    public KernelPrecision Precision => _inner.Precision;

    public virtual bool Supports(in KernelShape shape) => true;

    public virtual void Run(in KernelCall call) => _inner.Run(call);

    public void Dispose()
    {
        _inner.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Dies of being asked what it can do.</summary>
public sealed class UnaskableKernel : PlainKernel
{
    public override bool Supports(in KernelShape shape)
    {
        Environment.FailFast("do not ask");
        return true;
    }
}

/// <summary>Throws when it is asked what it can do.</summary>
public sealed class IndignantKernel : PlainKernel
{
    public override bool Supports(in KernelShape shape) => throw new InvalidOperationException("how dare you");
}
