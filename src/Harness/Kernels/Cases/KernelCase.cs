using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// One test case, from which every input is regenerated bit for bit. Its text form is one word, for example
/// <c>slow-gates:T65,n3,Hk1,Hv2,K16,V32,tiled,channel,p2,rows5:9fe12c</c>. A ragged call has its lengths, <c>T65+3+17</c>, of one
/// sequence <c>T65+</c>; raw inputs are named behind the rows: <c>rows5,raw-gates,raw-keys</c>.
/// </summary>
/// <param name="Shape">Sizes.</param>
/// <param name="Regime">Family of inputs.</param>
/// <param name="Seed">Everything else.</param>
public sealed partial record KernelCase(KernelShape Shape, InputRegime Regime, ulong Seed)
{
    // What a replay file can make the tool allocate, and wait for: hundreds of megabytes, and minutes.
    private const long MaxElements = 1 << 24, MaxWork = 1L << 32;

    /// <summary>The regime as it is written, for example <c>slow-gates</c>.</summary>
    public static string NameOf(InputRegime regime) => JsonNamingPolicy.KebabCaseLower.ConvertName($"{regime}");

    /// <summary>Whether a case of this shape would take hundreds of megabytes, or minutes.</summary>
    public static bool IsTooLarge(in KernelShape shape) => shape.Elements > MaxElements || shape.Work > MaxWork;

    /// <inheritdoc/>
    public override string ToString()
    {
        DeltaRuleShape rule = Shape.Rule;
        string map = Shape.HeadMap == HeadMap.Tiled ? "tiled" : "grouped";
        string gate = rule.PerChannelGate ? "channel" : "head";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{NameOf(Regime)}:T{TokensText},n{Shape.Sequences},Hk{rule.KeyHeads},Hv{rule.ValueHeads},K{rule.KeyDim}," +
            $"V{rule.ValueDim},{map},{gate},p{Shape.Planes},rows{Shape.PoolRows}{RawText}:{Seed:x}");
    }

    private string TokensText =>
        Shape.Lengths.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $"{Shape.Rule.Tokens}")
        : Shape.Sequences == 1 ? $"{Shape.Lengths}+"
        : $"{Shape.Lengths}";

    private string RawText =>
        (Shape.RawInputs.HasFlag(KernelForms.RawGates) ? ",raw-gates" : "")
        + (Shape.RawInputs.HasFlag(KernelForms.RawKeys) ? ",raw-keys" : "");

    /// <summary>Reads the text form.</summary>
    /// <exception cref="InputException">The text is not a case, or its sizes do not fit together.</exception>
    public static KernelCase Parse(string text)
    {
        Match match = TextForm().Match(text);
        InputRegime[] regimes = [.. Enum.GetValues<InputRegime>().Where(r => NameOf(r) == match.Groups["regime"].Value)];
        if (!match.Success || regimes.Length == 0) throw Malformed(text, "is not a kernel case");

        int Number(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        int[] lengths = [.. match.Groups["T"].Value.Split('+', StringSplitOptions.RemoveEmptyEntries).Select(
            length => int.Parse(length, CultureInfo.InvariantCulture))];
        bool isRagged = match.Groups["T"].Value.Contains('+', StringComparison.Ordinal);
        if (isRagged && lengths.Length != Number("n")) throw Malformed(text, "does not have one length for each sequence");
        var rule = new DeltaRuleShape(
            lengths.Max(), Number("Hk"), Number("Hv"), Number("K"), Number("V"), match.Groups["gate"].Value == "channel");
        var shape = new KernelShape(
            rule, Number("n"), Number("p"), match.Groups["map"].Value == "tiled" ? HeadMap.Tiled : HeadMap.Grouped,
            Number("rows"))
        {
            Lengths = isRagged ? new SequenceLengths(lengths) : default,
            RawInputs = (match.Groups["gates"].Success ? KernelForms.RawGates : KernelForms.None)
                | (match.Groups["keys"].Success ? KernelForms.RawKeys : KernelForms.None),
        };
        if (!ShapeAxis.FitTogether(shape))
            throw Malformed(text, "has sizes that do not fit together");
        if (IsTooLarge(shape))
            throw Malformed(text, $"is larger than {MaxElements} elements or {MaxWork} steps of one of them");
        ulong seed = ulong.Parse(match.Groups["seed"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new KernelCase(shape, regimes[0], seed);
    }

    private static InputException Malformed(string text, string problem) => new(
        $"kernel case '{text}'", problem,
        "write it as a finding prints it, like slow-gates:T65,n3,Hk1,Hv2,K16,V32,tiled,head,p2,rows5:9fe12c");

    [GeneratedRegex(
        @"^(?<regime>[a-z-]+):T(?<T>[0-9]{1,6}(\+|(\+[0-9]{1,6})*)),n(?<n>[0-9]{1,4}),Hk(?<Hk>[0-9]{1,4}),Hv(?<Hv>[0-9]{1,4})," +
        @"K(?<K>[0-9]{1,4}),V(?<V>[0-9]{1,4}),(?<map>tiled|grouped),(?<gate>head|channel),p(?<p>[0-9]{1,3}),rows(?<rows>[0-9]{1,4})" +
        @"(?<gates>,raw-gates)?(?<keys>,raw-keys)?:(?<seed>[0-9a-f]{1,16})$", RegexOptions.CultureInvariant)]
    private static partial Regex TextForm();
}
