using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Gdn.Harness.Shards;
using Gdn.Properties.Support;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Shards;

public sealed class ShardMergeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-shards-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Report Shard(int index, Verdict verdict = Verdict.Clean) => new(
        "check", 1, [new Part("schedules, tiny", verdict, "0 of 10 failed") { Head = ["engine cpu, model tiny (sha256 01), seed 1"] }])
    {
        Shard = $"{index}/3",
        Arguments = ["--cases", "30"],
    };

    private string Write(string name, Report report)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, SampleReports.Text(new JsonWriter(), report));
        return path;
    }

    private string[] Written(params Report[] reports) => [.. reports.Select((report, i) => Write($"{i}.json", report))];

    private static Part Merged(params string[] paths) => Assert.Single(ShardMerge.Read(paths).Parts);

    [Fact]
    public void Parts_EveryShardClean_IsClean()
    {
        Part part = Merged(Written(Shard(3), Shard(1), Shard(2)));
        Assert.Equal((Verdict.Clean, "3 of 3 shards clean"), (part.Verdict, part.Basis));
    }

    [Fact]
    public void Parts_AShardIsMissing_IsInconclusiveAndNamesIt()
    {
        Part part = Merged(Written(Shard(3), Shard(1)));
        Assert.Equal((Verdict.Inconclusive, "2 of 3 shards clean, 1 not run: 2"), (part.Verdict, part.Basis));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"schema\": 1, \"comm")]
    [InlineData(null)]
    public void Parts_AShardDied_IsInconclusive(string? content)
    {
        string dead = Path.Combine(_folder, "dead.json");
        if (content is not null) File.WriteAllText(dead, content);
        Part part = Merged([.. Written(Shard(1), Shard(2)), dead]);
        Assert.Equal(Verdict.Inconclusive, part.Verdict);
        Assert.Contains("dead.json: the shard has not written its report", Assert.IsType<Note>(part.Content[0]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_APartWasNotRunInAShard_IsInconclusive() => Assert.Equal(
        [Verdict.Inconclusive, Verdict.Inconclusive],
        ShardMerge.Read(Written(Shard(1), Shard(2), Shard(3) with { Parts = [new Part("another", Verdict.Clean, "fine")] }))
            .Parts.Select(part => part.Verdict));

    [Fact]
    public void Parts_AShardIsDirty_IsDirtyWithWhatItFound()
    {
        Finding finding = SampleReports.Victim("detail");
        Report found = Shard(2, Verdict.Dirty);
        found = found with { Parts = [found.Parts[0] with { Findings = [finding, SampleReports.Victim("other") with { Fingerprint = "else" }] }] };
        // The same again in another shard, and one shard missing: found is found.
        Report again = found with { Shard = "1/3" };
        Part part = Merged(Written(found, again));
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Equal(["live-bleed/ragged", "else"], part.Findings.Select(merged => merged.Fingerprint));
        Assert.Equal(finding.Summary, part.Findings[0].Summary);
        Assert.Equal((1, "s1-f-1", finding.ReplayPath), (part.Findings[0].AlsoSeen, part.Findings[0].Id, part.Findings[0].ReplayPath));
    }

    public static TheoryData<string> Differences => ["number of shards", "version of the tool", "command", "command line", "seed", "run of schedules, tiny"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void Read_ShardsOfDifferentCampaigns_AreRefused(string what)
    {
        Report other = Shard(2);
        other = what switch
        {
            "number of shards" => other with { Shard = "2/4" },
            "version of the tool" => other with { Environment = other.Environment with { Tool = "0.0.1" } },
            "command" => other with { Command = "bleed" },
            "command line" => other with { Arguments = ["--cases", "31"] },
            "seed" => other with { Seed = 2 },
            _ => other with { Parts = [other.Parts[0] with { Head = ["engine cpu, model tiny (sha256 02), seed 1"] }] },
        };
        Assert.Contains($"its {what} is ", Assert.Throws<InputException>(() => ShardMerge.Read(Written(Shard(1), other))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TheSameShardTwice_IsRefused() => Assert.Contains(
        "shard 1 is in ", Assert.Throws<InputException>(() => ShardMerge.Read(Written(Shard(1), Shard(1)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_AReportOfAll_IsRefused() => Assert.Contains(
        "it is not the report of a shard",
        Assert.Throws<InputException>(() => ShardMerge.Read(Written(Shard(1) with { Shard = null }))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_NoShardIsLeft_IsRefused() => Assert.Contains(
        "no shard has written its report",
        Assert.Throws<InputException>(() => ShardMerge.Read([Path.Combine(_folder, "no.json")])).Message, StringComparison.Ordinal);
}
