using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Reference;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// One case of a convolution, from which every input is made again bit for bit. Its text form is one word, for example
/// <c>conv:T65,n3,C96,W4,p2,rows5,bias,silu:9fe12c</c>.
/// </summary>
/// <param name="Shape">Sizes.</param>
/// <param name="Seed">Everything else.</param>
public sealed partial record ConvCase(ConvCallShape Shape, ulong Seed)
{
    private const string Prefix = "conv:";
    private const long MaxWork = 1L << 28;

    /// <summary>Whether a text is such a case, and not one of a delta-rule kernel.</summary>
    public static bool Includes(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}T{Shape.Tokens},n{Shape.Sequences},C{Shape.Channels},W{Shape.Width},p{Shape.Planes},rows{Shape.PoolRows}"
        + $"{(Shape.HasBias ? ",bias" : "")}{(Shape.HasSiLU ? ",silu" : "")}:{Seed:x}");

    /// <summary>Reads the text form.</summary>
    /// <exception cref="InputException">The text is not a case, or its sizes do not fit together.</exception>
    public static ConvCase Parse(string text)
    {
        Match match = TextForm().Match(text);
        if (!match.Success) throw Malformed(text, "is not a conv case");
        int Number(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        var shape = new ConvCallShape(
            Number("n"), Number("T"), Number("C"), Number("W"), Number("p"), Number("rows"), match.Groups["bias"].Success,
            match.Groups["silu"].Success);
        if (shape.Tokens < 1 || shape.Channels < 1 || shape.Width < 2 || shape.Sequences < 1 || shape.PoolRows < shape.Sequences)
            throw Malformed(text, "has sizes that do not fit together");
        if (shape.Work > MaxWork) throw Malformed(text, $"is larger than {MaxWork} products");
        return new ConvCase(
            shape, ulong.Parse(match.Groups["seed"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static InputException Malformed(string text, string problem) => new(
        $"conv case '{text}'", problem, "write it as a finding prints it, like conv:T65,n3,C96,W4,p2,rows5,bias,silu:9fe12c");

    [GeneratedRegex(
        @"^conv:T(?<T>[0-9]{1,6}),n(?<n>[0-9]{1,4}),C(?<C>[0-9]{1,5}),W(?<W>[0-9]{1,2}),p(?<p>[0-9]{1,4}),rows(?<rows>[0-9]{1,4})"
        + @"(?<bias>,bias)?(?<silu>,silu)?:(?<seed>[0-9a-f]{1,16})$", RegexOptions.CultureInvariant)]
    private static partial Regex TextForm();
}
