using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using Gdn.Harness.TrainingText;
using Xunit;

namespace Gdn.Properties.Harness.TrainingText;

public sealed class CorpusGeneratorTests
{
    private const int Sample = 400;

    private static readonly Dictionary<CorpusSplit, CorpusDocument[]> Documents = Enum.GetValues<CorpusSplit>()
        .ToDictionary(split => split, split => CorpusGenerator.Documents(split, 1).Take(Sample).ToArray());

    public static TheoryData<CorpusSplit> Splits => [.. Enum.GetValues<CorpusSplit>()];

    /// <summary>The shipped model's figures are of exactly this text: another generator is another corpus.</summary>
    [Fact]
    public void Write_TestSplit_TheBytesThatTheModelWasMeasuredOn()
    {
        string text = Write(CorpusSplit.Test, 1, 100_000);
        Assert.Equal(
            "198fd0d0da0ddab5cd871532c3867f15da2b6dac73eed8c341aad8a2714be76c",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
    }

    [Property(MaxTest = 20)]
    public bool Write_SameSeed_SameText(ulong seed, CorpusSplit split) =>
        Write(split, seed, 5000) == Write(split, seed, 5000) && Write(split, seed, 5000) != Write(split, seed + 1, 5000);

    [Theory, MemberData(nameof(Splits))]
    public void Documents_PrintableLines_NoneEmpty(CorpusSplit split) => Assert.All(Documents[split], document =>
    {
        Assert.All(document.Text, c => Assert.True(c is '\n' or (>= ' ' and <= '~'), $"character {(int)c}"));
        Assert.EndsWith("\n", document.Text);
        Assert.DoesNotContain("\n\n", document.Text);
    });

    /// <summary>Names and codewords, sums, lists to copy: what is random in a line decides which split it is of.</summary>
    [Theory]
    [InlineData(CorpusSplit.Train, CorpusSplit.Valid)]
    [InlineData(CorpusSplit.Train, CorpusSplit.Test)]
    [InlineData(CorpusSplit.Valid, CorpusSplit.Test)]
    public void Documents_TwoSplits_ShareNoInstance(CorpusSplit one, CorpusSplit other)
    {
        HashSet<string> seen = [.. Instances(one)];
        string[] shared = [.. Instances(other).Where(seen.Contains).Distinct()];
        Assert.True(seen.Count > Sample, $"only {seen.Count} instances");
        Assert.True(shared.Length == 0, $"in both: {string.Join(" | ", shared.Take(5))}");
    }

    [Theory, MemberData(nameof(Splits))]
    public void Questions_PointAtTheCodewordThatWasTold(CorpusSplit split) => Assert.All(Documents[split], document =>
        Assert.All(document.Questions, question =>
        {
            string text = document.Text, told = text[..(question.Offset - question.Distance)];
            Assert.Equal(question.Answer, text.Substring(question.Offset, question.Answer.Length));
            Assert.EndsWith(question.Answer, told);
        }));

    /// <summary>About two characters to a token: 1,024 characters are beyond 512 tokens.</summary>
    [Fact]
    public void Questions_DistancesReachFar() => Assert.Contains(
        Documents[CorpusSplit.Test].SelectMany(document => document.Questions), question => question.Distance > 1024);

    private static IEnumerable<string> Instances(CorpusSplit split) =>
        from document in Documents[split]
        from line in document.Text.Split('\n')
        where line.StartsWith("codeword ", StringComparison.Ordinal) && line.Contains(" is ", StringComparison.Ordinal)
            || line.StartsWith("sum ", StringComparison.Ordinal)
            || line.StartsWith("copy ", StringComparison.Ordinal)
            || line.StartsWith("reverse ", StringComparison.Ordinal)
        select line;

    private static string Write(CorpusSplit split, ulong seed, long bytes)
    {
        using var writer = new StringWriter();
        CorpusGenerator.Write(split, seed, bytes, writer);
        return writer.ToString();
    }
}
