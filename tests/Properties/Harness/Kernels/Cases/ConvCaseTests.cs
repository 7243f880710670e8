using Gdn.Harness.Engines.Reference;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Cases;

public class ConvCaseTests
{
    [Fact]
    public void Parse_WhatDrawnCasesPrint_IsTheCase()
    {
        using var engine = new ReferenceConvEngine();
        for (int i = 0; i < 200; i++)
        {
            ConvCase @case = ConvCaseSampler.Draw(engine, seed: 9, i);
            Assert.Equal(@case, ConvCase.Parse(@case.ToString()));
            Assert.True(ConvCase.Includes(@case.ToString()));
        }
    }

    [Theory]
    [InlineData("conv:T1,n1,C1,W1,p0,rows1:1", "has sizes that do not fit together")]
    [InlineData("conv:T1,n3,C1,W4,p0,rows2:1", "has sizes that do not fit together")]
    [InlineData("conv:T99999,n99,C9999,W4,p0,rows99:1", "is larger than")]
    [InlineData("conv:T1,n1,C1:1", "is not a conv case")]
    [InlineData("conv:T\u0661,n1,C1,W4,p0,rows1:1", "is not a conv case")]
    public void Parse_NoCase_SaysWhy(string text, string problem) => Assert.Contains(
        problem, Assert.Throws<InputException>(() => ConvCase.Parse(text)).Message, StringComparison.Ordinal);

    // Lengths around the width, channels of every size, and windows of fresh sequences.
    [Fact]
    public void Draw_ReachesWhatMatters()
    {
        using var engine = new ReferenceConvEngine();
        ConvCase[] cases = [.. Enumerable.Range(0, 500).Select(i => ConvCaseSampler.Draw(engine, seed: 1, i))];

        Assert.All([-2, -1, 0, 1], offset => Assert.Contains(cases, c => c.Shape.Width > 3 && c.Shape.Tokens == c.Shape.Width + offset));
        Assert.All(Enumerable.Range(2, 7), width => Assert.Contains(cases, c => c.Shape.Width == width));
        Assert.Contains(cases, c => c.Shape is { Channels: > 2000, Sequences: > 1 } && c.Shape.Channels % 2 == 1);
        Assert.Contains(cases, c => c.Shape is { Tokens: > 200, Planes: > 0 });
        Assert.Contains(cases, c => c.Shape.Planes > c.Shape.Tokens);
        Assert.Contains(cases, c => ConvData.Generate(c) is { } data && data.Pool.Contains(0f));
    }
}
