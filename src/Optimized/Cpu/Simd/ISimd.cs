using System.Runtime.Intrinsics;

namespace Gdn.Optimized.Cpu.Simd;

/// <summary>
/// One rung of the width ladder 512, 256, 128, scalar: a kernel is written once against this and compiled for each. Within
/// a rung results have the same bits everywhere; from rung to rung sums are formed in another order.
/// </summary>
/// <typeparam name="TVector">The register.</typeparam>
internal interface ISimd<TVector> : IColumns<TVector> where TVector : struct
{
    /// <summary>As many registers as a kernel may hope to hold at a time: 32 or 16.</summary>
    static abstract int Registers { get; }

    /// <summary>Small integers as floats: the signed bytes from <paramref name="offset"/> on.</summary>
    static abstract TVector Load(ref sbyte source, nint offset);

    /// <summary><c>x / (1 + e^-x)</c>.</summary>
    static abstract TVector SiLU(TVector x);

    /// <summary>Sum of the entries, pairs first: halves are folded onto each other.</summary>
    static abstract float Sum(TVector x);

    /// <summary>Four such sums, with the same bits as one by one.</summary>
    static abstract Vector128<float> Sum(TVector x0, TVector x1, TVector x2, TVector x3);
}
