using System.Numerics;
using System.Runtime.InteropServices;

namespace Gdn.Reference.Gguf;

/// <summary>How large numbers are, and with that whether they are numbers.</summary>
internal static class Magnitude
{
    private const int WithoutSign = int.MaxValue;

    /// <summary>The largest absolute value; NaN or infinite if one of them is; 0 of none.</summary>
    public static float Of(ReadOnlySpan<float> values)
    {
        // Without their sign, floats are ordered as their bits are, infinity and then NaN after all numbers.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        var largest = Vector<int>.Zero;
        var mask = new Vector<int>(WithoutSign);
        int i = 0;
        for (; i <= bits.Length - Vector<int>.Count; i += Vector<int>.Count)
            largest = Vector.Max(largest, new Vector<int>(bits[i..]) & mask);
        int most = 0;
        for (int lane = 0; lane < Vector<int>.Count; lane++) most = Math.Max(most, largest[lane]);
        for (; i < bits.Length; i++) most = Math.Max(most, bits[i] & WithoutSign);
        return BitConverter.Int32BitsToSingle(most);
    }
}
