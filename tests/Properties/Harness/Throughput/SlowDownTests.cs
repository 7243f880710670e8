using Gdn.Harness.Engines;
using Gdn.Harness.Throughput;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Throughput;

public class SlowDownTests
{
    [Theory]
    [InlineData("cpu", "cpu", 0)]
    [InlineData("cpu+slow:4%", "cpu", 0.04)]
    [InlineData("llama:/a/b,threads=1+slow:2.5%", "llama:/a/b,threads=1", 0.025)]
    [InlineData("cpu+slow:4%+threads:2", "cpu+slow:4%+threads:2", 0)]
    public void Split_Name(string name, string plain, double share) => Assert.Equal((plain, share), SlowDown.Split(name));

    [Theory]
    [InlineData("cpu+slow:")]
    [InlineData("cpu+slow:-4%")]
    [InlineData("cpu+slow:0%")]
    [InlineData("cpu+slow:much")]
    public void Split_NoShare_IsNamed(string name) => Assert.Throws<InputException>(() => SlowDown.Split(name));

    [Fact]
    public void Parse_SlowerTwice_IsAnEngine()
    {
        using NamedEngine engine = EngineCatalog.Parse("cpu+slow:4%+slow:5%");
        Assert.Equal("cpu+slow:4%+slow:5%", engine.Name);
    }

    [Fact]
    public void Slowed_GivesTheSameBits()
    {
        using NamedEngine slow = EngineCatalog.Parse("cpu+slow:4%"), plain = EngineCatalog.Parse("cpu");
        using IModelEngine first = slow.Create(SampleModels.Qwen35.Options(2, 1)), second = plain.Create(SampleModels.Qwen35.Options(2, 1));
        var batch = new TokenBatch([new BatchToken(3, 0, 0, true), new BatchToken(4, 0, 1, true), new BatchToken(5, 1, 0, true)]);
        float[] actual = new float[3 * first.Info.Vocabulary], expected = new float[actual.Length];
        first.Decode(batch, actual);
        second.Decode(batch, expected);

        Assert.Equal(expected, actual);
        Assert.Equal("cpu+slow:4%", first.Info.Name);
        Assert.Equal((2, 1), (first.NextPosition(0), first.NextPosition(1)));
    }
}
