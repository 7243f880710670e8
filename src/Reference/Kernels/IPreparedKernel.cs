namespace Gdn.Reference.Kernels;

/// <summary>
/// A call whose inputs already lie where the kernel wants them, so that the op can be timed alone: states in, states and
/// outputs out. Conversions of layout happen before and after. Whether a second run starts from the given states or from
/// those that the first one left is up to the engine.
/// </summary>
public interface IPreparedKernel : ITimedWork
{
    /// <summary>Writes the results of a first run to where the call wants them: output, pool rows and snapshots.</summary>
    /// <param name="call">The call that was prepared.</param>
    void Store(in KernelCall call);
}
