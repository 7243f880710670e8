using System.Globalization;
using System.Text;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Clients;
using Gdn.Harness.Metrics;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>The result as Markdown that can be pasted into a bug report.</summary>
internal static class BugReport
{
    /// <summary>Writes it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="options">What was run.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="command">A command line that runs it again.</param>
    public static string Markdown(ServerInfo server, LiveBleedOptions options, LiveBleedResult result, string command)
    {
        var text = new StringBuilder();
        text.Append("### Do concurrent requests change each other's answers?\n\n");
        text.Append("| | |\n|---|---|\n");
        Fact("server", server.Name);
        Fact("model", server.Model ?? "(not told)");
        Fact("slots, context per slot", $"{Told(server.Slots)}, {Told(server.ContextPerSlot)}");
        Fact("noise of its log-probabilities", result.Noise is { Rows: > 0 } noise
            ? Invariant($"median {noise.Median:G2}, largest {noise.Largest:G2} nats over {noise.Rows} positions, alone")
            : "not told");
        Fact("positive control", result.Control is { } control ? Text(control) : "not tried");
        if (result.Failure is { } failure) Fact("ended early by", failure.Message);
        Fact("run again", $"`{command}`");

        text.Append("\n| np | scenario | verdict | dirty rounds | rate, 95% interval | compared | ties | rests on |\n");
        text.Append("|---:|---|---|---:|---|---:|---:|---|\n");
        foreach (LiveBleedRow row in result.Rows)
            text.Append("| ").AppendJoin(" | ", Cells(row)).Append(" |\n");
        text.Append(Invariant($"\nA clean row of {options.Rounds} rounds would have shown a fault in "))
            .Append($"{BinomialRate.Percent(BinomialRate.Detectable(options.Rounds))} of rounds or more ")
            .Append($"with {BinomialRate.Percent(BinomialRate.Confidence)} probability; ")
            .Append(Invariant($"for 1% it takes {BinomialRate.RoundsToDetect(0.01)} rounds.\n"));

        foreach (RoundResult dirty in result.Dirty)
        {
            text.Append(Invariant($"\n#### {dirty.Round.Scenario.Name()}, np {dirty.Round.Slots}\n\n```\n"));
            foreach (Victim victim in dirty.Victims)
                foreach (string line in Evidence.Lines(dirty.Round, victim)) text.Append(line).Append('\n');
            text.Append("```\n");
        }

        if (result.Dirty.Count > 0)
            text.Append("\nEach answer in company is compared with the server's own answer to the same prompt alone: greedy, no ")
                .Append("cache. `repro-SCENARIO.sh` (bash, curl, jq) asks alone, then all at once, and shows what differs.\n");
        if (server.Properties is { } properties)
            text.Append("\n<details><summary>/props</summary>\n\n```json\n").Append(properties).Append("\n```\n\n</details>\n");
        return text.ToString();

        void Fact(string name, string value) => text.Append($"| {name} | {Cell(value)} |\n");
    }

    /// <summary>A positive control in words.</summary>
    public static string Text(PositiveControl control) => control.Planted == 0
        ? "the server cannot be asked to go on from a given beginning"
        : Invariant($"{control.Planted - control.Missed} of {control.Planted} answers continued from another prompt were noticed");

    private static IEnumerable<string> Cells(LiveBleedRow row) =>
    [
        Told(row.Slots), row.Scenario.Name(), row.IsSkipped ? "skipped" : row.Verdict.ToString().ToUpperInvariant(),
        Invariant($"{row.DirtyRounds} of {row.Rounds}"),
        $"{BinomialRate.Percent(row.RateLow)} to {BinomialRate.Percent(row.RateHigh)}",
        Invariant($"{row.RowsCompared}"), Invariant($"{row.Ties}"), Cell(row.Reason),
    ];

    private static string Told(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "(not told)";

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
