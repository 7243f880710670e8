using System.CommandLine;
using System.Globalization;
using Gdn.Harness.Models;
using Gdn.Harness.Throughput;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Cli;

/// <summary>Options that say which workloads are timed.</summary>
internal static class WorkloadOptions
{
    private const int Most = 1 << 24;

    /// <summary><c>--depth</c></summary>
    public static Option<IReadOnlyList<int>> Depths(string fallback) => new("--depth")
    {
        Description = $"N_KV: tokens before those that are timed, comma-separated. [default: {fallback}]",
        HelpName = "N,...",
        CustomParser = result => CommonOptions.Parse(result, ParseDepths)!,
    };

    /// <summary><c>--pp</c></summary>
    public static Option<int> Prompt() => CommonOptions.Count("--pp", "PP: tokens of a prompt that is timed.", 256);

    /// <summary><c>--tg</c></summary>
    public static Option<int> Answer() => CommonOptions.Count("--tg", "TG: tokens of an answer that is timed.", 64);

    /// <summary>Reads depths; ascending.</summary>
    /// <exception cref="InputException">They are no numbers.</exception>
    public static IReadOnlyList<int> ParseDepths(string text) =>
        [.. text.Split(',').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int depth) && depth <= Most
                ? depth
                : throw new InputException("--depth", $"'{part}' is not a number of tokens", "write for example 0,512"))
            .Distinct().Order()];

    /// <summary>Checks that a model takes sequences that long.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public static void Check(IReadOnlyList<Workload> workloads, LoadedModel model)
    {
        long positions = workloads.Max(workload => workload.Positions);
        if (positions > model.Config.MaxPositions)
            throw new InputException(
                "--depth", Invariant($"with --pp and --tg, {positions} tokens are more than the {model.Config.MaxPositions} that the model takes"),
                "use less depth, or shorter prompts");
    }
}
