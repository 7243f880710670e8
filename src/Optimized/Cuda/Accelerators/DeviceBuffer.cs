using ILGPU;
using ILGPU.Runtime;

namespace Gdn.Optimized.Cuda.Accelerators;

/// <summary>Device memory that grows when more is asked for than ever before, and is used again otherwise.</summary>
/// <param name="accelerator">Where it lies.</param>
public sealed class DeviceBuffer<T>(Accelerator accelerator) : IDisposable
    where T : unmanaged
{
    private MemoryBuffer1D<T, Stride1D.Dense>? _memory;

    /// <summary>The first entries, of any content.</summary>
    public ArrayView<T> Take(int length)
    {
        if (_memory is null || _memory.Length < length)
        {
            _memory?.Dispose();
            _memory = accelerator.Allocate1D<T>(Math.Max(length, 1));
        }

        return _memory.View.SubView(0, length);
    }

    /// <summary>The first entries, copied from the host.</summary>
    public ArrayView<T> Upload(ReadOnlySpan<T> values)
    {
        ArrayView<T> view = Take(values.Length);
        if (values.Length > 0) view.CopyFromCPU(accelerator.DefaultStream, values);
        return view;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();
}
