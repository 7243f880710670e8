namespace Gdn.Optimized.Cpu.Simd;

/// <summary>
/// Entries side by side, in one register or in several: enough for kernels in whose arithmetic columns never meet. A column
/// has the same bits in vectors of any length.
/// </summary>
/// <typeparam name="TVector">The entries.</typeparam>
internal interface IColumns<TVector> where TVector : struct
{
    /// <summary>How many entries.</summary>
    static abstract int Count { get; }

    /// <summary>The entries from <paramref name="offset"/> on.</summary>
    static abstract TVector Load(ref float source, nint offset);

    /// <summary>Writes the entries from <paramref name="offset"/> on.</summary>
    static abstract void Store(TVector value, ref float target, nint offset);

    /// <summary>The same value everywhere.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary><c>x y</c>.</summary>
    static abstract TVector Multiply(TVector x, TVector y);

    /// <summary><c>x y + z</c>, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector z);
}
