namespace Gdn.Optimized.Cpu.Kernels;

/// <summary>The channels of a convolution: heads of queries and keys, which become unit vectors, then heads of values.</summary>
/// <param name="Channels">C; a multiple of <paramref name="HeadDim"/>.</param>
/// <param name="HeadDim">Channels of a head.</param>
/// <param name="UnitChannels">Those of queries and keys; a multiple of <paramref name="HeadDim"/>.</param>
/// <param name="Epsilon">Added under the root of a norm.</param>
public readonly record struct ConvShape(int Channels, int HeadDim, int UnitChannels, float Epsilon);
