using System.Runtime.Intrinsics;

namespace Gdn.Optimized.Cpu.Simd;

/// <summary>
/// One rung of the width ladder 512, 256, 128, scalar: a kernel is written once against this and compiled for each. Within
/// a rung results have the same bits everywhere; from rung to rung sums are formed in another order.
/// </summary>
/// <typeparam name="TVector">The register.</typeparam>
internal interface ISimd<TVector> where TVector : struct
{
    /// <summary>Entries of a register.</summary>
    static abstract int Count { get; }

    /// <summary>As many registers as a kernel may hope to hold at a time: 32 or 16.</summary>
    static abstract int Registers { get; }

    /// <summary>The entries from <paramref name="offset"/> on.</summary>
    static abstract TVector Load(ref float source, int offset);

    /// <summary>Small integers as floats: the signed bytes from <paramref name="offset"/> on.</summary>
    static abstract TVector Load(ref sbyte source, int offset);

    /// <summary>Writes the entries from <paramref name="offset"/> on.</summary>
    static abstract void Store(TVector value, ref float target, int offset);

    /// <summary>The same value everywhere.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary><c>x y</c>.</summary>
    static abstract TVector Multiply(TVector x, TVector y);

    /// <summary><c>x y + z</c>, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector z);

    /// <summary>Sum of the entries, pairs first: halves are folded onto each other.</summary>
    static abstract float Sum(TVector x);

    /// <summary>Four such sums, with the same bits as one by one.</summary>
    static abstract Vector128<float> Sum(TVector x0, TVector x1, TVector x2, TVector x3);
}
