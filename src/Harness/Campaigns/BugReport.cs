using System.Globalization;
using System.Text;
using Gdn.Harness.Bleed;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Metrics;
using Gdn.Harness.Reports.Writers;
using Gdn.Harness.Reports;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>A sweep of a server as Markdown that can be pasted into a bug report.</summary>
internal static class BugReport
{
    /// <summary>What stands where a server does not say.</summary>
    public const string NotReported = "not reported";

    private static readonly TableOf<(string Fact, string Value)> Facts = new TableOf<(string Fact, string Value)>("facts")
        .Left("fact", "", fact => fact.Fact)
        .Left("value", "", fact => fact.Value);

    /// <summary>Writes it, and a script for each dirty round; returns its path.</summary>
    /// <param name="folder">Where to; made if need be.</param>
    /// <param name="options">What was run.</param>
    /// <param name="result">What was found.</param>
    /// <param name="command">A command line that runs it again.</param>
    public static string Write(string folder, LiveBleedOptions options, LiveBleedResult result, string command)
    {
        Directory.CreateDirectory(folder);
        foreach (RoundResult dirty in result.Dirty)
        {
            LiveBleedRow row = result.Rows.First(row => row.Slots == dirty.Round.Slots && row.Scenario == dirty.Round.Scenario);
            AtomicFile.Add(
                Path.Combine(folder, $"repro-{dirty.Round.Scenario.Name()}.sh"),
                ReproScript.Write(dirty, options.Server.Info, ReproScript.RoundsFor(row.DirtyRounds, row.Rounds)));
        }

        return AtomicFile.Add(Path.Combine(folder, "report.md"), Markdown(options.Server.Info, options, result, command));
    }

    /// <summary>The report.</summary>
    /// <param name="server">The server.</param>
    /// <param name="options">What was run.</param>
    /// <param name="result">What was found.</param>
    /// <param name="command">A command line that runs it again.</param>
    public static string Markdown(ServerInfo server, LiveBleedOptions options, LiveBleedResult result, string command)
    {
        var text = new StringBuilder();
        text.Append("### Do concurrent requests change each other's answers?\n\n");
        if (result.IsWrongAlone) text.Append("**Answers are wrong alone already: mend this first.**\n\n");
        text.Append(MarkdownWriter.Write(Facts.Of(FactsOf(server, result)))).Append('\n');
        text.Append("Run again:\n\n").Append(OutsideText.MarkdownCode(command)).Append('\n');
        text.Append(MarkdownWriter.Write(LiveBleedPart.Rows(result)
            .Only("np", "scenario", "verdict", "dirtyRounds", "rate", "rowsCompared", "ties", "basis")));
        text.Append(Invariant($"\nA clean row of {options.Rounds} rounds would have detected a fault in "))
            .Append($"{BinomialRate.Percent(BinomialRate.Detectable(options.Rounds))} of rounds or more ")
            .Append($"with {BinomialRate.Percent(BinomialRate.Confidence)} probability; ")
            .Append(Invariant($"detecting 1% takes {BinomialRate.RoundsToDetect(0.01)} rounds.\n"));

        foreach (RoundResult dirty in result.Dirty)
        {
            text.Append(Invariant($"\n#### {dirty.Round.Scenario.Name()}, np {dirty.Round.Slots}\n\n"));
            foreach (string line in Evidence.Lines(dirty)) text.Append(OutsideText.MarkdownCode(line));
        }

        if (result.Dirty.Count > 0)
            text.Append(result.Oracle is null
                    ? "\nEach batched answer is compared with the server's own solo answer to the same prompt: greedy, no cache. "
                    : "\nEvery answer, alone and in company, is compared with the tool's own engine on the same weights and tokens. ")
                .Append("`repro-SCENARIO.sh` (bash, curl, jq) asks solo, then all at once, and shows what differs.\n");
        if (server.Properties is { } properties)
            text.Append("\n<details><summary>/props</summary>\n\n").Append(OutsideText.MarkdownCode(properties)).Append("\n</details>\n");
        return text.ToString();
    }

    /// <summary>A positive control in words.</summary>
    public static string TextOf(PositiveControl control) =>
        control.Planted == 0 ? "not possible, since the answers are empty"
        : control.IsBlind ? control.Blindness
        : Invariant($"{control.Planted - control.Missed} of {control.Planted} answers that go on with another prompt's were noticed");

    /// <summary>The noise of prompts in company in words.</summary>
    public static string TextOf(NoiseFloor company) =>
        Invariant($"up to {company.Largest:G2} nats, among copies of the same prompt; what moved no further was no bleed");

    /// <summary>A number that a server may report.</summary>
    public static string Reported(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? NotReported;

    private static IEnumerable<(string Fact, string Value)> FactsOf(ServerInfo server, LiveBleedResult result)
    {
        yield return ("server", server.Name);
        yield return ("model", server.Model ?? NotReported);
        yield return ("slots, context per slot", $"{Reported(server.Slots)}, {Reported(server.ContextPerSlot)}");
        yield return ("noise of its log-probabilities", result.Noise is { Rows: > 0 } noise
            ? Invariant($"median {noise.Median:G2}, largest {noise.Largest:G2} nats over {noise.Rows} positions, solo")
            : NotReported);
        if (result.NoiseInCompany is { } company) yield return ("noise in company", TextOf(company));
        yield return ("positive control", result.Control is { } control ? TextOf(control) : "not tried");
        if (result.Oracle is { } oracle) yield return ("reference", oracle);
        if (result.Failure is { } failure) yield return ("ended early by", failure.Message);
    }
}
