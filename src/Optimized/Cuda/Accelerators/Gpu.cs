using Gdn.Optimized.Cuda.Kernels;
using Gdn.Reference;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace Gdn.Optimized.Cuda.Accelerators;

/// <summary>
/// What kernels run on: an NVIDIA GPU, or ILGPU's accelerator of the CPU, which runs the same kernels slowly wherever there is
/// none. One of each serves the whole process, since opening one and compiling kernels takes far longer than running them.
/// </summary>
public sealed class Gpu : IDisposable
{
    // Of one thread: about 50 us.
    private const int MaxGroups = 1 << 16, BusyLoops = 8192;

    private static readonly Lazy<Gpu> FirstGpu = new(OpenCuda), StandIn = new(() => Emulate(isDirect: true));

    private readonly Context _context;
    private readonly DeviceBuffer<float> _busy;

    private Gpu(Context context, Accelerator accelerator, bool isDirect = false)
    {
        _context = context;
        IsDirect = isDirect;
        Accelerator = accelerator;
        _busy = new DeviceBuffer<float>(accelerator);
        Kernels = new DeviceKernels(this);
    }

    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Whether it is the CPU.</summary>
    public bool IsEmulated => Accelerator.AcceleratorType == AcceleratorType.CPU;

    /// <summary>
    /// Whether kernels are called as they stand, on the caller's thread: ILGPU hands each launch to threads that wait for one
    /// another, which on a busy machine takes a thousand times as long as small kernels do.
    /// </summary>
    public bool IsDirect { get; }

    /// <summary>Threads of a group.</summary>
    public int GroupSize => IsEmulated ? Accelerator.WarpSize : DeltaStreamKernel.MaxGroupSize;

    /// <summary>The kernels, compiled when first used.</summary>
    public DeviceKernels Kernels { get; }

    /// <summary>What it is, for reports: card and driver.</summary>
    public string Description => Accelerator is CudaAccelerator cuda
        ? $"{cuda.Name}, compute capability {cuda.Architecture}, driver {cuda.DriverVersion}"
        : "ILGPU's accelerator of the CPU";

    /// <summary>The machine's first GPU.</summary>
    /// <exception cref="EnvironmentException">There is none, or it cannot be used.</exception>
    public static Gpu Cuda => FirstGpu.Value;

    /// <summary>The CPU in its place.</summary>
    public static Gpu Emulated => StandIn.Value;

    /// <summary>Opens the CPU as an accelerator.</summary>
    /// <param name="isDirect">See <see cref="IsDirect"/>.</param>
    /// <param name="warpSize">Threads of a warp, the only one of a group. Each is a thread of the CPU that waits for the others.</param>
    public static Gpu Emulate(bool isDirect, int warpSize = 2)
    {
        var context = Context.Create(builder => builder
            .CPU(new CPUDevice(warpSize, numWarpsPerMultiprocessor: 1, numMultiprocessors: 1))
            .Optimize(OptimizationLevel.O2).Profiling());
        return new Gpu(context, context.GetCPUDevice(0).CreateCPUAccelerator(context, CPUAcceleratorMode.Sequential), isDirect);
    }

    /// <summary>
    /// How to launch a kernel whose threads take items in turn. On the CPU those of a warp show that they share the items rightly.
    /// </summary>
    public KernelConfig Spread(long items) =>
        IsEmulated ? (1, Accelerator.WarpSize) : ((int)Math.Clamp((items + GroupSize - 1) / GroupSize, 1, MaxGroups), GroupSize);

    /// <summary>
    /// Seconds that work takes by the device's own clock, waiting for its end. The device is kept busy until the work is queued, so
    /// that what the host takes to do so does not count.
    /// </summary>
    public double Time(Action work)
    {
        if (!IsEmulated) Kernels.MultiplyAdds(_busy.Take(1), BusyLoops);
        using ProfilingMarker start = Accelerator.DefaultStream.AddProfilingMarker();
        work();
        using ProfilingMarker end = Accelerator.DefaultStream.AddProfilingMarker();
        end.Synchronize();
        return (end - start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _busy.Dispose();
        Accelerator.Dispose();
        _context.Dispose();
    }

    private static Gpu OpenCuda()
    {
        const string Remedy = "use cuda:cpu to run the same kernels on the CPU, or a machine with an NVIDIA GPU and its driver";
        Context? context = null;
        try
        {
            context = Context.Create(builder => builder.Cuda().Optimize(OptimizationLevel.O2).Profiling());
            if (context.GetCudaDevices().Count == 0)
                throw new EnvironmentException("engine 'cuda'", "there is no GPU that CUDA can use", Remedy);
            return new Gpu(context, context.CreateCudaAccelerator(0));
        }
        catch (Exception error) when (error is not EnvironmentException)
        {
            context?.Dispose();
            throw new EnvironmentException("engine 'cuda'", $"the GPU cannot be used: {error.Message}", Remedy, error);
        }
        catch (EnvironmentException)
        {
            context?.Dispose();
            throw;
        }
    }
}
