namespace Gdn.Reference.Kernels;

/// <summary>What the device of a kernel can do, measured.</summary>
/// <param name="BytesPerSecond">Bytes read and written by copies within its memory.</param>
/// <param name="MultiplyAddsPerSecond">Multiply-adds in the arithmetic that the kernel declares.</param>
public readonly record struct KernelCeilings(double BytesPerSecond, double MultiplyAddsPerSecond);
