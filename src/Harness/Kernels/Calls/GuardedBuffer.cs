using System.Runtime.InteropServices;
using Gdn.Harness.Kernels.Cases;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>
/// A buffer between two guard zones. Guards and unwritten contents hold a poison NaN, so that writes outside are seen
/// afterwards, and reads outside, or of what was never written, turn into NaN results. Contents stay where they are and begin
/// at a multiple of 64 bytes, which native kernels may rely on.
/// </summary>
internal sealed class GuardedBuffer
{
    private const int Guard = 64, Alignment = 64 / sizeof(float);
    private readonly float[] _storage;
    private readonly int _start, _length;

    /// <summary>A buffer of poison.</summary>
    public GuardedBuffer(int length)
    {
        _storage = GC.AllocateUninitializedArray<float>(length + 2 * Guard + Alignment, pinned: true);
        Array.Fill(_storage, KernelData.Poison);
        _length = length;
        int offset = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_storage, Guard) / sizeof(float) % Alignment);
        _start = Guard + (Alignment - offset) % Alignment;
    }

    /// <summary>A buffer with these contents.</summary>
    public GuardedBuffer(ReadOnlySpan<float> contents) : this(contents.Length) => contents.CopyTo(Contents);

    /// <summary>What lies between the guards.</summary>
    public Span<float> Contents => _storage.AsSpan(_start, _length);

    /// <summary>
    /// Where a guard was overwritten, as an index into <see cref="Contents"/> (negative, or beyond its end), or null.
    /// </summary>
    public int? FirstDamage()
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(_storage);
        uint poison = BitConverter.SingleToUInt32Bits(KernelData.Poison);
        int end = _start + _length;
        int index = bits[.._start].IndexOfAnyExcept(poison);
        if (index < 0 && (index = bits[end..].IndexOfAnyExcept(poison)) >= 0) index += end;
        return index < 0 ? null : index - _start;
    }

    /// <summary>Index of the first element that differs in any bit, or -1; lengths must be equal.</summary>
    public static int FirstDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int common = MemoryMarshal.Cast<float, uint>(a).CommonPrefixLength(MemoryMarshal.Cast<float, uint>(b));
        return common == a.Length ? -1 : common;
    }
}
