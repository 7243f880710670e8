using Gdn.Harness.Campaigns;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Campaigns;

/// <summary>A user's llama-perplexity, here a script that prints what one would.</summary>
public sealed class PerplexityToolCampaignTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gdn-ppl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // $8 is what follows -b: n_seq contexts of 16.
    private async Task<Part> Run(string script)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("no shell");
        string path = Path.Combine(_folder, "tool.sh");
        await File.WriteAllTextAsync(path, "#!/bin/sh\nn=$(($8 / 16))\n" + script, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return await new PerplexityToolCampaign(new PerplexityTool(path, []), "m.gguf", "t.txt", 16, 8, [1, 4])
            .RunAsync(new NoProgress(), TestContext.Current.CancellationToken);
    }

    private const string Head = "echo \"calculating perplexity over 3 chunks, n_ctx=16, batch_size=$8, n_seq=$n\" >&2\n";

    [Fact]
    public async Task Run_SameValues_IsClean()
    {
        Part part = await Run(Head + "echo '[1]2.0000,[2]2.1000,[3]2.2000,'");
        Assert.Equal(Verdict.Clean, part.Verdict);
        Assert.Empty(part.Findings);
    }

    [Fact]
    public async Task Run_WorseWithFour_SaysByHowMuch()
    {
        Part part = await Run(Head + "[ $n = 1 ] && echo '[1]2.0000,[2]2.1000,[3]2.2000,' || echo '[1]2.0200,[2]2.1210,[3]2.2220,'");
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Contains("perplexity worse by 1% [", Assert.Single(part.Findings).Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n=1\n", "", "it ran 1 sequences in a batch in place of 4")]
    [InlineData("", "[ $n = 4 ] && echo 'x: falling back to single tokens'\n", "x: falling back to single tokens")]
    [InlineData("", "[ $n = 4 ] && { echo '[1]nan,[2]nan,[3]nan,'; exit 0; }\n", "no number from chunk 1 on")]
    public async Task Run_OtherThanAskedFor_IsAFinding(string before, string after, string said)
    {
        Part part = await Run(before + Head + after + "echo '[1]2.0000,[2]2.1000,[3]2.2000,'");
        Assert.Equal(Verdict.Dirty, part.Verdict);
        Assert.Contains(said, Assert.Single(part.Findings).Summary, StringComparison.Ordinal);
    }

    // A file beside the script counts its runs: the first two are cut short.
    [Fact]
    public async Task Run_OutputCutShort_IsRunAgain()
    {
        Part part = await Run(
            Head + "echo x >> \"$0.runs\"\n[ $(wc -l < \"$0.runs\") -lt 3 ] && { echo '[1]2.0000,'; exit 0; }\necho '[1]2.0000,[2]2.1000,[3]2.2000,'");
        Assert.Equal(Verdict.Clean, part.Verdict);
        Assert.Equal(4, (await File.ReadAllLinesAsync(Path.Combine(_folder, "tool.sh.runs"), TestContext.Current.CancellationToken)).Length);
    }
}
