using System.Runtime.InteropServices;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>
/// Floats that begin on a cache line. Arrays do not, and by chance: vectors that straddle two lines can cost half of the
/// speed, of one instance of the same kernel and not of the next.
/// </summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const int CacheLine = 64;
    private readonly float* _data;
    private readonly int _length;

    /// <summary>Zeros.</summary>
    public AlignedBuffer(int length)
    {
        _length = length;
        _data = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length) * sizeof(float), CacheLine);
        Contents.Clear();
    }

    /// <summary>A copy.</summary>
    public AlignedBuffer(ReadOnlySpan<float> contents) : this(contents.Length) => contents.CopyTo(Contents);

    /// <summary>The floats.</summary>
    public Span<float> Contents => new(_data, _length);

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_data);
}
