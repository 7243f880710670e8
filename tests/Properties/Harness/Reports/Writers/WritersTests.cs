using System.Globalization;
using System.Text.Json;
using Gdn.Harness.Campaigns;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Properties.Support;
using Spectre.Console;
using Xunit;
using Table = Gdn.Harness.Reports.Table;

namespace Gdn.Properties.Harness.Reports.Writers;

/// <summary>Every format says the same of the same report, and knows nothing but the report.</summary>
public class WritersTests
{
    private static readonly TableOf<(string Name, int Count)> Sample = new TableOf<(string Name, int Count)>("sample")
        .Left("name", "the name", row => row.Name)
        .Left("verdict", "verdict", row => row.Count > 0 ? Verdict.Dirty : Verdict.Clean)
        .Right("share", "share", row => row.Count / 8.0, row => $"{row.Count} of 8", "%")
        .Data("count", row => row.Count);

    private static readonly Table SampleTable = Sample.Of([("a|b", 0), ("[c]", 3)]);

    private static async Task<Report> RealReport()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu");
        var campaign = new ScheduleCampaign(new ScheduleOptions(engine, SampleModels.Qwen35, Seed: 1, Cases: 4, Slots: [1, 2]));
        return new Report("check", 1, [await campaign.RunAsync(new NoProgress(), CancellationToken.None)]);
    }

    private static string Console(Action<ConsoleWriter> write, int width = 200)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = 4096;
        write(new ConsoleWriter(console, width));
        return text.ToString();
    }

    [Fact]
    public async Task OneMoreFormat_HasEveryValueOfARealPart()
    {
        Report report = await RealReport();
        string[] lines = SampleReports.Text(new CsvWriter(), report).Split(Environment.NewLine);

        Assert.Equal("part,np,verdict,schedules,dirty,tokens,rowsCompared,routingTies,known", lines[0]);
        string[][] rows = [.. lines[1..3].Select(line => line.Split("\",")[1].Split(','))];
        Assert.Equal([["1", "Clean", "2", "0"], ["2", "Clean", "2", "0"]], rows.Select(row => row[..4]));
        Assert.All(rows, row => Assert.True(int.Parse(row[5], CultureInfo.InvariantCulture) > 0, string.Join(' ', row)));
        Assert.StartsWith("part,batches,", lines[3], StringComparison.Ordinal);

        // The same numbers as for machines.
        JsonElement[] json = [.. JsonDocument.Parse(SampleReports.Text(new JsonWriter(), report)).RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal(rows.Select(row => row[5]), json[..2].Select(row => row.GetProperty("rowsCompared").ToString()));
    }

    [Fact]
    public async Task Json_TopLevelAndParts_HaveTheAgreedKeys()
    {
        JsonElement json = JsonDocument.Parse(SampleReports.Text(new JsonWriter(), await RealReport())).RootElement;
        Assert.Equal(
            [
                "schema", "command", "verdict", "seed", "time", "arguments", "shard", "commit", "parts", "leftOut", "rows", "findings",
                "knownNotSeen", "environment",
            ],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["name", "verdict", "basis", "seconds", "head", "notes"],
            json.GetProperty("parts")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["part", "table", "np", "verdict"],
            json.GetProperty("rows")[0].EnumerateObject().Select(property => property.Name).Take(4));
    }

    [Fact]
    public void WhatWasNotRunAndWhatPartsSay_IsInBothForms()
    {
        var part = new Part("p", Verdict.Clean, "b")
        {
            Head = ["seed 1"],
            Content = [new Note("left [out]"), SampleTable, new Note("run more", IsWarning: true)],
        };
        var report = new Report("check", 1, [part]) { LeftOut = [new LeftOut("kernel cases", "e has [none]")] };
        JsonElement json = JsonDocument.Parse(SampleReports.Text(new JsonWriter(), report)).RootElement;

        Assert.Equal(["seed 1"], Strings(json.GetProperty("parts")[0].GetProperty("head")));
        Assert.Equal(["left [out]", "run more"], Strings(json.GetProperty("parts")[0].GetProperty("notes")));
        JsonElement leftOut = Assert.Single(json.GetProperty("leftOut").EnumerateArray());
        Assert.Equal(
            [("part", "kernel cases"), ("reason", "e has [none]")],
            leftOut.EnumerateObject().Select(property => (property.Name, property.Value.GetString())));
        Assert.Equal("kernel cases: left out, e has [none]", Console(writer => writer.Write(report.LeftOut[0])).Trim());

        static IEnumerable<string?> Strings(JsonElement array) => array.EnumerateArray().Select(item => item.GetString());
    }

    [Fact]
    public void Json_Finding_HasFieldsAndNoNulls()
    {
        var discrepancy = new Discrepancy(
            "solo", 3, new RowOrigin(Step: 2, Sequence: 5, Position: 7, Slot: 1), Token: 9, 0.5, double.NaN, 1e-4, 2, 6, "a against b");
        var part = new Part("p", Verdict.Dirty, "b") { Findings = [Finding.Of("f", "e", discrepancy)] };
        JsonElement finding = JsonDocument.Parse(SampleReports.Text(new JsonWriter(), new Report("check", 1, [part])))
            .RootElement.GetProperty("findings")[0];

        Assert.Equal(
            "solo: np 3, step 2, sequence 5 in slot 1, position 7, logit of token 9: expected 0.5, actual NaN, allowed "
            + "difference 0.0001; 2 of 6 rows wrong (a against b)", finding.GetProperty("summary").GetString());
        Assert.Equal(
            "f solo e 3 2 5 1 7 9 0.5 NaN 0.0001 2 6",
            string.Join(' ', new[]
            {
                "id", "check", "engine", "np", "step", "sequence", "slot", "position", "logit", "expected", "actual", "allowed",
                "rowsWrong", "rowsCompared",
            }.Select(key => finding.GetProperty(key).ToString())));
        Assert.DoesNotContain(finding.EnumerateObject(), property => property.Value.ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public void Markdown_Report_SaysAllThatTheConsoleDoes()
    {
        var part = new Part("state_checks", Verdict.Dirty, "1 of 8")
        {
            Head = ["seed 1"],
            Content = [new Note("left <out>"), SampleTable, SampleTable with { Rows = [] }, new Note("run more", IsWarning: true)],
            Findings = [new Finding("f", "solo", "e") { Case = "c_1", Where = "y[0]", Steps = ["decode seq 0: 1"], ReplayPath = "f.json" }],
        };
        var report = new Report("check", 1, [part]) { LeftOut = [new LeftOut("kernel cases", "no kernel")] };
        Assert.Equal(
            $"""
            # check: DIRTY

            1 of 8

            kernel cases: left out, no kernel

            ## state\_checks

            seed 1

            left \<out\>

            {MarkdownWriter.Write(SampleTable)}
            **warning** run more

            ### Finding 1

            {part.Findings[0].Summary.Replace("_", @"\_", StringComparison.Ordinal).Replace("[0]", @"\[0\]", StringComparison.Ordinal)}

                decode seq 0: 1
                gdn-harness replay f.json

            """.ReplaceLineEndings("\n"),
            SampleReports.Text(new MarkdownWriter(), report));
    }

    [Fact]
    public void Markdown_Table_KeepsBarsInTheirCells() => Assert.Equal(
        """
        | the name | verdict | share % |
        | --- | --- | --: |
        | a\|b | CLEAN | 0 of 8 |
        | \[c\] | DIRTY | 3 of 8 |

        """.ReplaceLineEndings("\n"),
        MarkdownWriter.Write(SampleTable));

    [Fact]
    public void Only_ChoosesAndOrders()
    {
        Assert.Equal(
            "| count | the name |\n| --: | --- |\n| 0 | a\\|b |\n| 3 | \\[c\\] |\n", MarkdownWriter.Write(SampleTable.Only("count", "name")));
        Assert.Throws<ArgumentException>(() => SampleTable.Only("size"));
    }

    [Fact]
    public void TableOf_KeyTwice_Throws() =>
        Assert.Throws<ArgumentException>(() => new TableOf<int>("t").Data("n", row => row).Right("n", "n", row => row));

    [Fact]
    public void Console_Table_ShowsTextOfWhatIsShown()
    {
        string[] lines = [.. Console(writer => writer.Write(SampleTable)).Split('\n').Select(line => line.Trim())];
        Assert.Contains("the name  verdict  share %", lines);
        Assert.Contains("[c]       DIRTY     3 of 8", lines);
        Assert.Equal("", Console(writer => writer.Write(SampleTable with { Rows = [] })));
    }

    /// <summary>Clean rows are one, in front; -v shows each of them.</summary>
    [Fact]
    public void Console_ManyCleanRows_AreOneRow()
    {
        Table table = new TableOf<int>("pooled")
            .Left("np", "np", row => row).Pooled(rows => $"{rows.Count} rows")
            .Left("verdict", "verdict", row => row == 3 ? Verdict.Dirty : Verdict.Clean).Pooled(_ => Verdict.Clean)
            .Right("rounds", "rounds", row => row).Pooled(rows => rows.Sum())
            .Of([1, 2, 3, 4, 5]);
        string[] Rows(bool all) =>
        [
            .. Console(writer =>
            {
                writer.ShowsAll = all;
                writer.Write(table);
            }).Split('\n').Select(line => line.Trim()).Where(line => line.Contains("CLEAN", StringComparison.Ordinal) || line.Contains("DIRTY", StringComparison.Ordinal)),
        ];
        Assert.Equal(["4 rows  CLEAN        12", "3       DIRTY         3"], Rows(all: false));
        Assert.Equal(5, Rows(all: true).Length);
    }

    [Fact]
    public void Console_TableOfOneRow_IsALineWhereItReadsBetter() => Assert.Equal(
        "sample: the name [c], verdict DIRTY, share % 3 of 8",
        Console(writer => writer.Write(Sample.Of([("[c]", 3)]) with { IsLine = true })).Trim());

    [Theory]
    [InlineData(Verdict.Clean, Verdict.Clean, Verdict.Clean)]
    [InlineData(Verdict.Clean, Verdict.Inconclusive, Verdict.Inconclusive)]
    [InlineData(Verdict.Inconclusive, Verdict.Dirty, Verdict.Dirty)]
    public void Report_Verdict_IsTheWorst(Verdict one, Verdict other, Verdict expected)
    {
        var report = new Report("gate", 1, [new Part("a", one, "x"), new Part("b", other, "y")]);
        Assert.Equal(expected, report.Verdict);
        Assert.EndsWith("of 2 parts clean", report.Basis, StringComparison.Ordinal);
    }
}
