using Gdn.Harness.Kernels.Cases;
using Gdn.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Cases;

public class ShapeSelectionTests
{
    [Theory]
    [InlineData("production", true, false)]
    [InlineData("random", false, true)]
    [InlineData("production,random", true, true)]
    [InlineData("K128", true, true)]
    [InlineData("random,T1..300", false, true)]
    public void Parse_Kinds_AreThoseNamedOrBoth(string text, bool production, bool random)
    {
        ShapeSelection selection = ShapeSelection.Parse(text);

        Assert.Equal((production, random), (selection.Production, selection.Random));
    }

    [Theory]
    [InlineData("K128,T1..300,tiled,head", true)]
    [InlineData("K127", false)]
    [InlineData("T8..300", false)]
    [InlineData("grouped", false)]
    [InlineData("channel", false)]
    [InlineData("p0", true)]
    public void Allows_OneShape_IffWithinEveryRange(string text, bool allowed)
    {
        var shape = new KernelShape(new DeltaRuleShape(7, 1, 2, 128, 64), Sequences: 3, Planes: 0, HeadMap.Tiled, PoolRows: 4);

        Assert.Equal(allowed, ShapeSelection.Parse(text).Allows(shape));
    }

    [Theory]
    [InlineData("")]
    [InlineData("all")]
    [InlineData("X3")]
    [InlineData("T")]
    [InlineData("T0")]
    [InlineData("T9..3")]
    [InlineData("T1...3")]
    [InlineData("K128;V128")]
    [InlineData("T99999999999")]
    public void Parse_NoSelection_SaysWhatToWrite(string text)
    {
        var e = Assert.Throws<InputException>(() => ShapeSelection.Parse(text));

        Assert.Contains("--shapes", e.Where, StringComparison.Ordinal);
        Assert.Contains("write", e.Remedy, StringComparison.Ordinal);
    }
}
