namespace Gdn.Reference.Kernels;

/// <summary>A kernel engine that can be timed: its <see cref="IKernelEngine.Run"/> is prepare, run, store.</summary>
public interface ITimedKernelEngine : IKernelEngine
{
    /// <summary>Version of the library that the kernel is in, for example <c>0.25.1</c>.</summary>
    string Version { get; }

    /// <summary>Copies a call's inputs to where the kernel wants them. The call's buffers are not kept.</summary>
    IPreparedKernel Prepare(in KernelCall call);

    /// <summary>What the kernel's device can do, where that is not the processor of this machine.</summary>
    /// <param name="bytes">Bytes that the calls to be timed read and write.</param>
    KernelCeilings? Ceilings(long bytes) => null;
}
