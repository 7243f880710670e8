using Gdn.Optimized.Cuda.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Accelerators;

/// <summary>A kernel of the delta rule in two versions, of which a launch takes the one that suits its sizes.</summary>
/// <param name="accelerator">What it runs on.</param>
/// <param name="any">For all sizes that it can do.</param>
/// <param name="square">For those of <see cref="ScanSizes.Square"/>.</param>
/// <param name="groups">Threads of a group and groups of a multiprocessor that there have to be registers for.</param>
internal sealed class ScanLauncher(
    Accelerator accelerator, Action<ScanSizes, ScanViews> any, Action<ScanSizes, ScanViews> square,
    KernelSpecialization groups = default)
{
    private readonly Lazy<Action<KernelConfig, ScanSizes, ScanViews>> _any = new(() => accelerator.LoadStreamKernel(any, groups));
    private readonly Lazy<Action<KernelConfig, ScanSizes, ScanViews>> _square =
        new(() => accelerator.LoadStreamKernel(square, groups));

    /// <summary>Launches it.</summary>
    public void Launch(KernelConfig config, in ScanSizes sizes, in ScanViews views) =>
        (sizes.IsSquare ? _square : _any).Value(config, sizes, views);
}
