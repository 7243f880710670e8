using Gdn.Harness.Campaigns;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Harness.Throughput;
using Gdn.Properties.Support;
using Gdn.Reference.Engines;
using Spectre.Console;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>What a machine's load makes of speeds is not tested here: only which lines there are, and that a wrong build has no speed.</summary>
public sealed class CompareCampaignTests
{
    private static readonly LoadedModel Model = LoadedModel.Load("synth:qwen35:1:small");

    private static Task<Part> Run(IEngineFactory a, IEngineFactory b, IEngineFactory? planted = null) =>
        new CompareCampaign(a, b, Model, WorkloadGrid.Of([1, 2], [0], prompt: 8, answer: 4), Seed: 1)
        {
            Sample = TimeSpan.Zero,
            Limit = TimeSpan.Zero,
            Planted = planted,
        }
        .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);

    private static string[] Column(Part part, string key) =>
        [.. part.Tables.Single(table => table.Name == "compare").Only(key).Rows.Select(row => row[0].Text)];

    [Fact]
    public async Task Run_SameEngine_HasALineForEachQuestion()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu"), again = EngineCatalog.Parse("cpu"), slow = EngineCatalog.Parse("cpu+slow:4%");
        Part part = await Run(cpu, again, slow);

        Assert.DoesNotContain(part.Findings, finding => finding.Check != "speed");
        Assert.Equal(
            [
                "bleed np 2,3", "PPL n_seq 1", "PPL n_seq 3", "KL divergence, nats", "same top token", "MTP K 2", "PP 8", "TG 4",
                "PP 8 x2", "TG 4 x2", "PP 8 1 of 2", "TG 4 1 of 2", "noise floor", "planted -4%",
            ],
            Column(part, "check"));
        Assert.Equal(["CLEAN", "CLEAN", "CLEAN", "", "", "CLEAN"], Column(part, "verdict")[..6]);
        Assert.Equal(["same bits", "0 [0, 0]"], Column(part, "change")[2..4]);
        Assert.Contains(part.Content.OfType<Note>(), note => note.Text.StartsWith("before B was timed: ", StringComparison.Ordinal));
    }

    // Either of the two may be the wrong one.
    [Theory]
    [InlineData("cpu", "cpu+fault:gr-shape-key")]
    [InlineData("cpu+fault:one-path-fallback", "cpu")]
    public async Task Run_WrongBuild_HasNoSpeed(string a, string b)
    {
        using NamedEngine first = EngineCatalog.Parse(a), second = EngineCatalog.Parse(b);
        Part part = await Run(first, second);

        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Equal("wrong results, and nothing was timed", part.Basis);
        Assert.NotEmpty(part.Findings);
        Assert.DoesNotContain(Column(part, "check"), check => check.StartsWith("PP ", StringComparison.Ordinal));
        Assert.Contains("DIRTY", Column(part, "verdict"));
    }

    [Fact]
    public async Task Run_Table_FitsATerminal()
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu"), again = EngineCatalog.Parse("cpu");
        Part part = await Run(cpu, again);
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = 4096;
        new ConsoleWriter(console, width: 200).Write(part.Tables.First());
        Assert.All(text.ToString().Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }
}
