using System.Runtime.InteropServices;

namespace Gdn.Optimized;

/// <summary>Floats that start on a cache line: a vector that straddles two lines is loaded twice.</summary>
internal readonly struct AlignedFloats
{
    /// <summary>Floats of a cache line.</summary>
    public const int Line = 16;

    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = Line * sizeof(float);

    private readonly float[] _array;
    private readonly int _start;

    /// <summary>Zeros.</summary>
    public AlignedFloats(int length)
    {
        Length = length;
        _array = GC.AllocateArray<float>(checked(length + Line - 1), pinned: true);
        nint before = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) / sizeof(float) % Line;
        _start = (int)((Line - before) % Line);
    }

    /// <summary>The first cache line that starts in a buffer, which needs <see cref="LineBytes"/> more than is used of it.</summary>
    public static unsafe float* Within(byte* buffer) => (float*)((nuint)(buffer + LineBytes - 1) / LineBytes * LineBytes);

    /// <summary>How many.</summary>
    public int Length { get; }

    /// <summary>Some of them.</summary>
    public Span<float> Slice(int first, int count) => _array.AsSpan(_start, Length).Slice(first, count);
}
