using System.Runtime.InteropServices;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>Comparisons of tensors. A failure names the worst entry by its coordinates.</summary>
internal static class Expect
{
    /// <summary>The same bits in every entry; a NaN equals itself, 0 differs from -0.</summary>
    public static void SameBits<T>(string name, ReadOnlySpan<int> shape, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : unmanaged
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (!Bits(expected.Slice(i, 1)).SequenceEqual(Bits(actual.Slice(i, 1))))
                Assert.Fail($"{name}{Coordinates(shape, i)}: expected {expected[i]}, actual {actual[i]}, allowed: none");
    }

    /// <summary>Every entry within <paramref name="allowed"/>; a NaN fails.</summary>
    public static void Near(
        string name, ReadOnlySpan<int> shape, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double allowed)
    {
        Assert.Equal(expected.Length, actual.Length);
        int worst = -1;
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= allowed)
                && (worst < 0 || !(Math.Abs(expected[i] - actual[i]) <= Math.Abs(expected[worst] - actual[worst]))))
                worst = i;
        if (worst >= 0)
            Assert.Fail(
                $"{name}{Coordinates(shape, worst)}: expected {expected[worst]}, actual {actual[worst]}, allowed {allowed}");
    }

    private static ReadOnlySpan<byte> Bits<T>(ReadOnlySpan<T> entry) where T : unmanaged => MemoryMarshal.AsBytes(entry);

    private static string Coordinates(ReadOnlySpan<int> shape, int index)
    {
        var coordinates = new int[shape.Length];
        for (int d = shape.Length - 1; d >= 0; d--) (index, coordinates[d]) = Math.DivRem(index, shape[d]);
        return $"[{string.Join(", ", coordinates)}]";
    }
}
