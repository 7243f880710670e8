using System.Globalization;
using System.Text.RegularExpressions;

namespace Gdn.Reference.Kernels;

/// <summary>
/// What a kernel promises about its rounding: the contract that a running error bound turns into a tolerance.
/// Units are unit roundoffs u, half the spacing of floating-point numbers just above 1.
/// </summary>
/// <param name="State">Format of the stored state, at least that of the F32 pool.</param>
/// <param name="Inputs">Format to which q, k, v and whatever else enters a product is rounded first.</param>
/// <param name="Accumulator">Arithmetic of products, sums and exponentials.</param>
/// <param name="Chunk">Tokens solved together as a chunk; 1 for a token-by-token kernel.</param>
public sealed partial record KernelPrecision(double State, double Inputs, double Accumulator, int Chunk = 1)
{
    /// <summary>u of IEEE single precision: 2^-24.</summary>
    public const double F32 = 1.0 / (1 << 24);

    /// <summary>u of IEEE half precision: 2^-11. Its narrow range is not modelled.</summary>
    public const double F16 = 1.0 / (1 << 11);

    /// <summary>u of bfloat16: 2^-8.</summary>
    public const double BF16 = 1.0 / (1 << 8);

    /// <summary>Single precision throughout, token by token: what an engine promises that says nothing.</summary>
    public static KernelPrecision AllF32 { get; } = new(F32, F32, F32);

    /// <summary>Whole numbers as which states are kept, in place of <see cref="State"/>; null for none.</summary>
    public StateQuantization? Quantization { get; init; }

    /// <summary>When states are rounded.</summary>
    public StateRounding Rounding { get; init; }

    /// <summary>
    /// Whether decays within a chunk are products of the tokens' decays; else they are exponentials of differences of summed gates.
    /// </summary>
    public bool MultipliesDecays { get; init; }

    /// <summary>Whether states are rounded after so many tokens of a call that goes on; after its last token they always are.</summary>
    public bool RoundsAfter(int tokens) => Rounding switch
    {
        StateRounding.PerToken => true,
        StateRounding.PerCall => false,
        _ => tokens % Chunk == 0,
    };

    /// <summary>
    /// Reads <c>STATE,INPUTS,ARITHMETIC[,CHUNK]</c>, for example <c>f32,bf16,f32,64</c>. STATE may also be <c>q8</c> or
    /// <c>q4</c>, with the elements along V that share a scale if those are fewer than all, <c>q8/32</c>; and may end in
    /// <c>@token</c> or <c>@call</c>.
    /// </summary>
    /// <exception cref="InputException">The text is not valid.</exception>
    public static KernelPrecision Parse(string text)
    {
        Match match = TextForm().Match(text);
        int chunk = 1, block = 0;
        if (!match.Success || !ReadCount("chunk", ref chunk) || !ReadCount("block", ref block)) throw Malformed(text);
        StateRounding rounding = match.Groups["when"].Value switch
        {
            "token" => StateRounding.PerToken,
            "call" => StateRounding.PerCall,
            _ => StateRounding.PerChunk,
        };
        if (rounding == StateRounding.PerToken && chunk > 1) throw Malformed(text);
        int? levels = match.Groups["levels"].Value switch
        {
            "q8" => StateQuantization.Q8,
            "q4" => StateQuantization.Q4,
            _ => null,
        };
        return new KernelPrecision(
            levels is null ? Unit("state") : F32, Unit("inputs"), Unit("arithmetic"), chunk)
        {
            Quantization = levels is { } most ? new StateQuantization(most, block) : null,
            Rounding = rounding,
        };

        double Unit(string group) => match.Groups[group].Value switch
        {
            "f16" => F16,
            "bf16" => BF16,
            _ => F32,
        };

        bool ReadCount(string group, ref int value) => match.Groups[group] is not { Success: true } digits
            || (int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1);
    }

    private static InputException Malformed(string text) => new(
        $"precision '{text}'", "it is not valid",
        "write STATE,INPUTS,ARITHMETIC[,CHUNK] of f32, f16 and bf16, like f32,bf16,f32,64; the state may also be q8 or q4, with a "
        + "block and a rounding, like q8/32@token");

    [GeneratedRegex(
        @"^((?<state>f32|f16|bf16)|(?<levels>q8|q4)(/(?<block>[0-9]+))?)(@(?<when>token|call))?,(?<inputs>f32|f16|bf16),"
        + @"(?<arithmetic>f32|f16|bf16)(,(?<chunk>[0-9]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex TextForm();
}
