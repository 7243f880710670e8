using Gdn.Harness.Metrics;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Timing;

/// <summary>
/// The time below which no kernel can get on this machine, from what a call must move and compute at least.
/// </summary>
/// <param name="MemorySeconds">
/// Every state read once and written once, every input read once, every output written once, at the bandwidth of in-place
/// passes over as much memory.
/// </param>
/// <param name="ArithmeticSeconds">
/// Three multiply-adds per token and state element (S^T k, S^T q and the update) at the peak rate. Chunked forms need them
/// too, and some more.
/// </param>
public sealed record KernelLimit(double MemorySeconds, double ArithmeticSeconds)
{
    /// <summary>The larger of both: memory and arithmetic may overlap.</summary>
    public double Seconds => Math.Max(MemorySeconds, ArithmeticSeconds);

    /// <summary>What binds: <c>memory</c> or <c>FMA</c>.</summary>
    public string Bound => MemorySeconds >= ArithmeticSeconds ? "memory" : "FMA";

    /// <summary>Bytes that a call must read and write.</summary>
    public static long BytesOf(in KernelShape shape) => sizeof(float) * (
        2L * shape.Sequences * shape.Rule.StateLength
        + 2L * shape.KeyLength + 2L * shape.ValueLength + shape.GateLength + shape.BetaLength);

    /// <summary>Multiply-adds that a call must compute.</summary>
    public static double MultiplyAddsOf(in KernelShape shape) => 3 * shape.Work;

    /// <summary>That of a device with these ceilings.</summary>
    public static KernelLimit Of(in KernelShape shape, KernelCeilings ceilings) => new(
        BytesOf(shape) / ceilings.BytesPerSecond, MultiplyAddsOf(shape) / ceilings.MultiplyAddsPerSecond);

    /// <summary>Measures it on this machine's processor.</summary>
    /// <param name="shape">The call.</param>
    /// <param name="threads">As many as the kernel has.</param>
    /// <param name="multiplyAdds">Peak rate with that number of threads, per second.</param>
    public static KernelLimit Measure(in KernelShape shape, int threads, double multiplyAdds)
    {
        long bytes = BytesOf(shape);
        return new KernelLimit(
            bytes / HardwareProbe.Bandwidth(threads, bytes), MultiplyAddsOf(shape) / multiplyAdds);
    }
}
