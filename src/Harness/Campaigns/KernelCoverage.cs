using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>The sizes that a campaign has tried: what lies outside them, its verdict says nothing about.</summary>
/// <param name="missing">Shapes of the production sweep that the engine does not support, by name.</param>
public sealed class KernelCoverage(IReadOnlyList<string> missing)
{
    private const int MostNamed = 12;

    private readonly Dictionary<ShapeAxis, SortedSet<int>> _values = ShapeAxis.All.ToDictionary(axis => axis, _ => new SortedSet<int>());
    private readonly HashSet<string> _kinds = [];

    /// <summary>Cases of the production sweep.</summary>
    public int Production { get; private set; }

    /// <summary>Counts a case.</summary>
    public void Add(in KernelShape shape, bool isProduction)
    {
        foreach ((ShapeAxis axis, SortedSet<int> values) in _values) values.Add(axis.Of(shape));
        _kinds.Add(shape.HeadMap == HeadMap.Tiled ? "tiled" : "grouped");
        _kinds.Add(shape.Rule.PerChannelGate ? "a gate per channel" : "a gate per head");
        if (!shape.Lengths.IsEmpty) _kinds.Add("ragged");
        if (shape.RawInputs.HasFlag(KernelForms.RawGates)) _kinds.Add("raw gates");
        if (shape.RawInputs.HasFlag(KernelForms.RawKeys)) _kinds.Add("raw keys");
        if (isProduction) Production++;
    }

    /// <summary>The ranges, in one line.</summary>
    public string Ranges => string.Join(", ", [
        .. _values.Where(axis => axis.Value.Count > 0).Select(axis => Invariant($"{axis.Key.Name} {RangeOf(axis.Value)}")), .. _kinds.Order()]);

    /// <summary>What the engine does not support of the sweep, in one line; null if it supports all of it.</summary>
    public string? Missing => missing.Count == 0 ? null
        : string.Join("; ", missing.Take(MostNamed)) + (missing.Count > MostNamed ? Invariant($"; {missing.Count - MostNamed} more") : "");

    // Not every length up to the largest is tried.
    private static string RangeOf(SortedSet<int> values) =>
        values.Min == values.Max ? Invariant($"{values.Min}")
        : values.Count == values.Max - values.Min + 1 ? Invariant($"{values.Min}..{values.Max}")
        : Invariant($"{values.Count} from {values.Min} to {values.Max}");
}
