using System.Runtime.InteropServices;
using Gdn.Harness.Kernels.Cases;
using static System.FormattableString;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>
/// A buffer between two guard zones. Guards and unwritten contents hold poison, so that writes outside are seen afterwards, and
/// reads outside, or of what was never written, turn into NaN results that name their origin. Contents stay where they are and
/// begin at a multiple of 64 bytes, which native kernels may rely on.
/// </summary>
internal sealed class GuardedBuffer
{
    private const int Guard = 64, Alignment = 64 / sizeof(float);
    private readonly CallBuffer _buffer;
    private readonly float[] _storage;
    private readonly int _start, _length;

    /// <summary>A buffer that has not been written.</summary>
    public GuardedBuffer(CallBuffer buffer, int length)
    {
        _buffer = buffer;
        _storage = GC.AllocateUninitializedArray<float>(length + 2 * Guard + Alignment, pinned: true);
        _length = length;
        int offset = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_storage, Guard) / sizeof(float) % Alignment);
        _start = Guard + (Alignment - offset) % Alignment;
        Front.Fill(Poison.InFrontOf(buffer).Value);
        Contents.Fill(Poison.Unwritten(buffer).Value);
        Back.Fill(Poison.Behind(buffer).Value);
    }

    /// <summary>A buffer with these contents.</summary>
    public GuardedBuffer(CallBuffer buffer, ReadOnlySpan<float> contents) : this(buffer, contents.Length) =>
        contents.CopyTo(Contents);

    /// <summary>What lies between the guards.</summary>
    public Span<float> Contents => _storage.AsSpan(_start, _length);

    private Span<float> Front => _storage.AsSpan(0, _start);

    private Span<float> Back => _storage.AsSpan(_start + _length);

    /// <summary>What was overwritten in a guard zone, in words, or null.</summary>
    public string? Damage()
    {
        ReadOnlySpan<uint> front = Bits(Front), back = Bits(Back);
        uint intact = Poison.InFrontOf(_buffer).Bits;
        int first = front.IndexOfAnyExcept(intact);
        if (first >= 0)
            return Written(first - _start, front.LastIndexOfAnyExcept(intact) - _start)
                + Invariant($" of {_length}, up to {Elements(_start - first)} in front of it");

        intact = Poison.Behind(_buffer).Bits;
        first = back.IndexOfAnyExcept(intact);
        int last = back.LastIndexOfAnyExcept(intact);
        return first < 0 ? null : Written(first + _length, last + _length)
            + Invariant($" of {_length}, up to {Elements(last + 1)} behind its end");
    }

    /// <summary>What differs from these contents in any bit, in words, or null; lengths must be equal.</summary>
    public string? Changed(ReadOnlySpan<float> given)
    {
        int first = FirstDifference(given, Contents);
        if (first < 0) return null;
        ReadOnlySpan<uint> before = Bits(given), after = Bits(Contents);
        int last = _length - 1;
        while (before[last] == after[last]) last--;
        return Written(first, last) + Invariant($" of {_length}, an input");
    }

    /// <summary>Index of the first element that differs in any bit, or -1; lengths must be equal.</summary>
    public static int FirstDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int common = Bits(a).CommonPrefixLength(Bits(b));
        return common == a.Length ? -1 : common;
    }

    private string Written(int first, int last) =>
        _buffer.Name() + (first == last ? Invariant($"[{first}]") : Invariant($"[{first}..{last}]"));

    private static string Elements(int count) => count == 1 ? "1 element" : Invariant($"{count} elements");

    private static ReadOnlySpan<uint> Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, uint>(values);
}
