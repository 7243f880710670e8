using System.Globalization;

namespace Gdn.Reference.Kernels;

/// <summary>
/// What a kernel promises about its rounding: the contract that a running error bound turns into a tolerance.
/// Units are unit roundoffs u, half the spacing of floating-point numbers just above 1.
/// </summary>
/// <param name="State">Format of the stored state, at least that of the F32 pool; rounded once a chunk.</param>
/// <param name="Inputs">Format to which q, k, v and whatever else enters a product is rounded first.</param>
/// <param name="Accumulator">Arithmetic of products, sums and exponentials.</param>
/// <param name="Chunk">Tokens solved together as a chunk; 1 for a token-by-token kernel.</param>
public sealed record KernelPrecision(double State, double Inputs, double Accumulator, int Chunk = 1)
{
    /// <summary>u of IEEE single precision: 2^-24.</summary>
    public const double F32 = 1.0 / (1 << 24);

    /// <summary>u of IEEE half precision: 2^-11. Its narrow range is not modelled.</summary>
    public const double F16 = 1.0 / (1 << 11);

    /// <summary>u of bfloat16: 2^-8.</summary>
    public const double BF16 = 1.0 / (1 << 8);

    /// <summary>Single precision throughout, token by token: what an engine promises that says nothing.</summary>
    public static KernelPrecision AllF32 { get; } = new(F32, F32, F32);

    /// <summary>Reads <c>STATE,INPUTS,ARITHMETIC[,CHUNK]</c>, for example <c>f32,bf16,f32,64</c>.</summary>
    /// <exception cref="InputException">The text is not valid.</exception>
    public static KernelPrecision Parse(string text)
    {
        string[] parts = text.Split(',');
        int chunk = 1;
        double[] units = [.. parts.Take(3).Select(format => format switch
        {
            "f32" => F32,
            "f16" => F16,
            "bf16" => BF16,
            _ => 0,
        })];
        return units.Length == 3 && !units.Contains(0) && parts.Length is 3 or 4
            && (parts.Length == 3 || int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out chunk)) && chunk >= 1
            ? new KernelPrecision(units[0], units[1], units[2], chunk)
            : throw new InputException(
                $"precision '{text}'", "it is not valid", "write STATE,INPUTS,ARITHMETIC[,CHUNK] of f32, f16 and bf16, like f32,bf16,f32,64");
    }
}
