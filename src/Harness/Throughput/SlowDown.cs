using System.Globalization;
using System.Text.RegularExpressions;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Throughput;

/// <summary>
/// <c>+slow:4%</c> at the end of an engine's name: the engine, slower by that share. For showing that a comparison finds such a thing.
/// </summary>
internal sealed partial class SlowDown : IEngineFactory
{
    private readonly IEngineFactory _inner;
    private readonly double _share;

    /// <summary>Engines that are slower.</summary>
    /// <param name="inner">Makes them.</param>
    /// <param name="share">By how much; 0.04 is 4%.</param>
    public SlowDown(IEngineFactory inner, double share) => (_inner, _share) = (inner, share);

    /// <inheritdoc/>
    public string Name => $"{_inner.Name}{Suffix(_share)}";

    /// <inheritdoc/>
    public bool ReadsModelFile => _inner.ReadsModelFile;

    /// <inheritdoc/>
    public IModelEngine Create(EngineOptions options) => Slowed(_inner.Create(options), _share);

    /// <summary>What stands at the end of the name of an engine that is slower by so much.</summary>
    public static string Suffix(double share) => string.Create(CultureInfo.InvariantCulture, $"+slow:{100 * share:0.##}%");

    /// <summary>An engine, slower by a share; itself for 0.</summary>
    public static IModelEngine Slowed(IModelEngine engine, double share) => share == 0 ? engine : new SlowedEngine(engine, share);

    /// <summary>The name without what makes the engine slower, and by how much that is; 0 for not at all.</summary>
    /// <exception cref="InputException">It is no percentage.</exception>
    public static (string Name, double Share) Split(string name)
    {
        Match match = End().Match(name);
        if (!match.Success) return (name, 0);
        return double.TryParse(
                match.Groups["percent"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent)
            && percent is > 0 and <= 1000
            ? (name[..match.Index], percent / 100)
            : throw new InputException($"engine '{name}'", $"'{match.Value}' is not a share of its time", "write for example +slow:4%");
    }

    [GeneratedRegex(@"\+slow:(?<percent>[^+%]*)%?\z", RegexOptions.CultureInvariant)]
    private static partial Regex End();
}
