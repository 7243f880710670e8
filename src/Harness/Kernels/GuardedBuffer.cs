using System.Runtime.InteropServices;

namespace Gdn.Harness.Kernels;

/// <summary>
/// A buffer between two guard zones. Guards and unwritten contents hold a poison NaN, so that writes outside are seen
/// afterwards, and reads outside, or of what was never written, turn into NaN results.
/// </summary>
internal sealed class GuardedBuffer
{
    private const int Guard = 64;
    private readonly float[] _storage;

    /// <summary>A buffer of poison.</summary>
    public GuardedBuffer(int length)
    {
        _storage = new float[length + 2 * Guard];
        Array.Fill(_storage, KernelData.Poison);
    }

    /// <summary>A buffer with these contents.</summary>
    public GuardedBuffer(ReadOnlySpan<float> contents) : this(contents.Length) => contents.CopyTo(Contents);

    /// <summary>What lies between the guards.</summary>
    public Span<float> Contents => _storage.AsSpan(Guard, _storage.Length - 2 * Guard);

    /// <summary>
    /// Where a guard was overwritten, as an index into <see cref="Contents"/> (negative, or beyond its end), or null.
    /// </summary>
    public int? FirstDamage()
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(_storage);
        uint poison = BitConverter.SingleToUInt32Bits(KernelData.Poison);
        int end = bits.Length - Guard;
        int index = bits[..Guard].IndexOfAnyExcept(poison);
        if (index < 0 && (index = bits[end..].IndexOfAnyExcept(poison)) >= 0) index += end;
        return index < 0 ? null : index - Guard;
    }

    /// <summary>Index of the first element that differs in any bit, or -1; lengths must be equal.</summary>
    public static int FirstDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int common = MemoryMarshal.Cast<float, uint>(a).CommonPrefixLength(MemoryMarshal.Cast<float, uint>(b));
        return common == a.Length ? -1 : common;
    }
}
