using Gdn.Harness.Findings;
using Gdn.Harness.Perplexity;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Perplexities, their differences and their findings as reports show them.</summary>
internal static class PerplexityText
{
    /// <summary>A perplexity with its error.</summary>
    public static string Text(PerplexityEstimate? estimate) =>
        estimate is { } value ? Invariant($"{value.Value:F4} ± {value.Error:F4}") : "";

    /// <summary>A difference with its interval.</summary>
    public static string Text(PairedDifference difference) =>
        $"{Percent(difference.Relative)} [{Percent(difference.Low)}, {Percent(difference.High)}]";

    /// <summary>A difference as part of a sentence.</summary>
    public static string Worse(PairedDifference difference) => difference.Relative >= 0
        ? $"worse by {Text(difference)}"
        : $"better by {Text(new PairedDifference(-difference.Relative, -difference.High, -difference.Low))}";

    /// <summary>One finding of each fingerprint, known ones with the reason.</summary>
    public static IReadOnlyList<Finding> Different(IEnumerable<Finding?> findings, FindingPolicy policy)
    {
        var groups = new FindingGroups(policy);
        foreach (Finding finding in findings.OfType<Finding>()) groups.Add(finding);
        return groups.Findings;
    }

    // What rounds to nothing has no sign.
    private static string Percent(double share) => Math.Abs(share) switch
    {
        < 5e-6 => "0%",
        < 0.1 => Invariant($"{100 * share:0.###}%"),
        < 10 => Invariant($"{100 * share:0.#}%"),
        _ => Invariant($"{100 * share:0}%"),
    };
}
