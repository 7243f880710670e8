namespace Gdn.Optimized.Cpu.Simd;

/// <summary>Two vectors side by side.</summary>
/// <param name="First">The first entries.</param>
/// <param name="Second">The entries after them.</param>
internal readonly record struct Twice<TVector>(TVector First, TVector Second) where TVector : struct;
