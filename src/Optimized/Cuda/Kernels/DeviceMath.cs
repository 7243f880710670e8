using ILGPU;

namespace Gdn.Optimized.Cuda.Kernels;

/// <summary>
/// Functions of kernels, in single precision and within two units in the last place: a GPU's own exponential is coarser than
/// the precision that the kernels declare, and not the same everywhere.
/// </summary>
public static class DeviceMath
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts. The first has so few digits that its product with a small whole number is exact.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    // Beyond these the result is infinite, or zero.
    private const float Largest = 88.72284f, Smallest = -103.97208f;

    /// <summary>e^x.</summary>
    public static float Exp(float x)
    {
        if (x > Largest) return float.PositiveInfinity;
        if (x < Smallest) return 0;
        int n = (int)(x * Log2E + (x < 0 ? -0.5f : 0.5f));
        float r = x - n * Ln2High - n * Ln2Low;
        float p = 1.9875691500e-4f;
        p = p * r + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        // In two steps, since 2^n alone may be out of range where the product is not.
        int half = n / 2;
        return (p * r * r + r + 1) * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary><c>1 / (1 + e^-x)</c>.</summary>
    public static float Sigmoid(float x) => 1 / (1 + Exp(-x));

    /// <summary><c>x * sigmoid(x)</c>.</summary>
    public static float SiLU(float x) => x / (1 + Exp(-x));

    /// <summary><c>ln(1 + e^x)</c>.</summary>
    public static float Softplus(float x)
    {
        float e = Exp(x < 0 ? x : -x);
        // ln(1 + e) = 2 artanh(e / (2 + e)), whose argument is at most a third.
        float s = e / (2 + e), squared = s * s;
        float p = 1f / 17;
        p = p * squared + 1f / 15;
        p = p * squared + 1f / 13;
        p = p * squared + 1f / 11;
        p = p * squared + 1f / 9;
        p = p * squared + 1f / 7;
        p = p * squared + 1f / 5;
        p = p * squared + 1f / 3;
        float log = 2 * s * (1 + squared * p);
        return x > 0 ? x + log : log;
    }

    private static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)(n + 127) << 23);
}
