using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>
/// Which shapes a campaign tries, as <c>--shapes</c> gives them: the production sweep, random ones, or both, within ranges. For
/// example <c>production</c>, or <c>K128,V128,T1..300,tiled</c>.
/// </summary>
public sealed partial record ShapeSelection
{
    private readonly Dictionary<ShapeAxis, (int Least, int Most)> _ranges = [];

    /// <summary>Everything.</summary>
    public static ShapeSelection All { get; } = new();

    /// <summary>Whether the production sweep is run.</summary>
    public bool Production { get; private init; } = true;

    /// <summary>Whether random cases are run.</summary>
    public bool Random { get; private init; } = true;

    /// <summary>The one head map, or null for both.</summary>
    public HeadMap? Map { get; private init; }

    /// <summary>Whether gates are per channel; null for both.</summary>
    public bool? PerChannelGate { get; private init; }

    /// <summary>Forms of calls that are wanted, as far as the engine declares them.</summary>
    public KernelForms Forms { get; init; } = (KernelForms)~0;

    /// <summary>Reads the text.</summary>
    /// <exception cref="InputException">A part of it is not known, or out of range.</exception>
    public static ShapeSelection Parse(string text)
    {
        var selection = new ShapeSelection { Production = false, Random = false };
        foreach (string part in text.Split(','))
        {
            selection = part switch
            {
                "production" => selection with { Production = true },
                "random" => selection with { Random = true },
                "tiled" => selection with { Map = HeadMap.Tiled },
                "grouped" => selection with { Map = HeadMap.Grouped },
                "head" => selection with { PerChannelGate = false },
                "channel" => selection with { PerChannelGate = true },
                _ => selection.WithRange(part),
            };
        }

        // Ranges alone say nothing about which of the two.
        return selection is { Production: false, Random: false } ? selection with { Production = true, Random = true } : selection;
    }

    /// <summary>Whether a shape is among them.</summary>
    public bool Allows(KernelShape shape) =>
        (Map is null || shape.HeadMap == Map)
        && (PerChannelGate is null || shape.Rule.PerChannelGate == PerChannelGate)
        && _ranges.All(range => range.Key.Of(shape) >= range.Value.Least && range.Key.Of(shape) <= range.Value.Most);

    /// <summary>Values of a size worth asking about, ascending: the usual ones, and the ends of its range.</summary>
    public IReadOnlyList<int> ValuesOf(ShapeAxis axis) => _ranges.TryGetValue(axis, out (int Least, int Most) range)
        ? [.. axis.Usual.Append(range.Least).Append(range.Most).Where(x => x >= range.Least && x <= range.Most).Distinct().Order()]
        : axis.Usual;

    /// <summary>A value within the range of a size: the one given, where it is, else one drawn.</summary>
    public int Within(ShapeAxis axis, int value, SeededRandom random) =>
        _ranges.TryGetValue(axis, out (int Least, int Most) range) && (value < range.Least || value > range.Most)
            ? range.Least + random.Next(range.Most - range.Least + 1)
            : value;

    private ShapeSelection WithRange(string part)
    {
        Match match = Range().Match(part);
        ShapeAxis? axis = ShapeAxis.All.FirstOrDefault(axis => axis.Name == match.Groups["axis"].Value);
        if (!match.Success || axis is null)
            throw new InputException(
                $"--shapes '{part}'", "it is not known",
                "write production, random, tiled, grouped, head, channel, or a size or range of "
                + string.Join(", ", ShapeAxis.All.Select(other => other.Name)) + ", for example K128,V128,T1..300");
        int least = Number("least"), most = match.Groups["most"].Success ? Number("most") : least;
        if (least > most || (least == 0 && axis != ShapeAxis.Planes))
            throw new InputException($"--shapes '{part}'", "the range is empty", "write for example T1..300");
        _ranges[axis] = (least, most);
        return this;

        int Number(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(?<axis>[A-Za-z]+)(?<least>[0-9]{1,5})(\.\.(?<most>[0-9]{1,5}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Range();
}
