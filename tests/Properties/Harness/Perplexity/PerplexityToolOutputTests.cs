using Gdn.Harness.Perplexity;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Perplexity;

/// <summary>What both forks' llama-perplexity print.</summary>
public sealed class PerplexityToolOutputTests
{
    private const string Fork = """
        perplexity: calculating perplexity over 3 chunks, n_ctx=128, batch_size=512, n_seq=4
        perplexity: 0.17 seconds per pass - ETA 0.00 minutes
        [1]2.0000,[2]4.0000,[3]3.1748,
        Final estimate: PPL over 3 chunks for n_ctx=128 = 3.1748 +/- 0.12500
        """;

    // Its last line stands behind an unfinished one of standard error, and its values on standard output.
    private const string Mainline = """
        0.02 minutes
        [1]2.0000,[2]4.0000,[3]3.1748,
        0.00.043.047 I perplexity: calculating perplexity over 3 chunks, n_ctx=128, batch_size=512, n_seq=4
        0.00.231.956 I perplexity: 0.14 seconds per pass - ETA 0.04.022.084 I Final estimate: PPL = 3.1748 +/- 0.12500
        """;

    [Theory]
    [InlineData(Fork)]
    [InlineData(Mainline)]
    public void Parse_EitherFork_GivesAllOfIt(string output)
    {
        var parsed = PerplexityToolOutput.Parse("tool", output);
        Assert.Equal((3, 128, 4), (parsed.Chunks, parsed.Context, parsed.Sequences));
        Assert.Equal([2, 4, 3.1748], parsed.Running);
        Assert.Equal((3.1748, 0.125), parsed.Final);
        Assert.True(parsed.IsComplete);
        Assert.Empty(parsed.Fallbacks);
        double[] chunks = parsed.ByChunk();
        Assert.Equal(Math.Log(2), chunks[0], 10);
        Assert.Equal(Math.Log(8), chunks[1], 10);
        Assert.Equal(Math.Log(2), chunks[2], 3);
    }

    [Fact]
    public void Parse_LastValueNotPrinted_IsTheFinalOne()
    {
        var parsed = PerplexityToolOutput.Parse("tool", Mainline.Replace("[3]3.1748,", "", StringComparison.Ordinal));
        Assert.Equal([2, 4, 3.1748], parsed.Running);
        Assert.True(parsed.IsComplete);
    }

    [Fact]
    public void Parse_CutShort_SaysHowFarItCame()
    {
        var parsed = PerplexityToolOutput.Parse("tool", Fork[..Fork.IndexOf("[2]", StringComparison.Ordinal)]);
        Assert.Equal((1, false, null), (parsed.Running.Count, parsed.IsComplete, parsed.Final));
    }

    [Fact]
    public void Parse_FallbackLines_AreThereOnce()
    {
        const string Line = "decode: mixed-sequence batch; falling back to single-token chunking";
        var parsed = PerplexityToolOutput.Parse("tool", $"{Line}\n{Line}\n{Fork}");
        Assert.Equal([Line], parsed.Fallbacks);
    }

    [Fact]
    public void Parse_Nan_IsKept() =>
        Assert.True(double.IsNaN(
            PerplexityToolOutput.Parse("tool", Fork.Replace("[3]3.1748", "[3]nan", StringComparison.Ordinal)).Running[2]));

    [Theory]
    [InlineData("", "it printed nothing")]
    [InlineData("error: unknown model", "error: unknown model")]
    [InlineData("calculating perplexity over 3 chunks, n_ctx=8, batch_size=8, n_seq=1\n[2]1.0,", "in place of the value of chunk 1")]
    [InlineData("calculating perplexity over 3 chunks, n_ctx=8, batch_size=8, n_seq=1\n[1]1.0.0,", "1.0.0, which is no perplexity")]
    [InlineData("calculating perplexity over 99999999999 chunks, n_ctx=8, batch_size=8, n_seq=1", "99999999999")]
    public void Parse_SomethingElse_IsRefused(string output, string said)
    {
        string message = Assert.Throws<EnvironmentException>(() => PerplexityToolOutput.Parse("tool", output)).Message;
        Assert.StartsWith("tool: ", message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
    }
}
