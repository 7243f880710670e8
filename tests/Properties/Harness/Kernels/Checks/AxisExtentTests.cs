using Gdn.Harness.Kernels.Checks;
using Xunit;

namespace Gdn.Properties.Harness.Kernels.Checks;

public class AxisExtentTests
{
    [Theory]
    [InlineData("token", 4, new[] { 0, 1, 2, 3 }, "all 4 tokens")]
    [InlineData("head", 32, new[] { 5 }, "head 5 of 32")]
    [InlineData("token", 300, new[] { 256, 257, 258, 259 }, "tokens 256..259 of 300")]
    [InlineData("head", 7, new[] { 1, 3, 5 }, "odd heads of 7")]
    [InlineData("head", 7, new[] { 0, 2, 4, 6 }, "even heads of 7")]
    [InlineData("token", 30, new[] { 0, 8, 16, 24 }, "tokens at multiples of 8 of 30")]
    [InlineData("token", 200, new[] { 63, 127, 191 }, "every 64th token from 63 on of 200")]
    [InlineData("token", 40, new[] { 0, 8, 16, 24 }, "tokens 0, 8, 16, 24 of 40")]
    [InlineData("token", 40, new[] { 1, 3 }, "tokens 1, 3 of 40")]
    [InlineData("token", 40, new[] { 1, 2, 3, 7, 8, 9, 30 }, "7 of 40 tokens, 1 to 30")]
    public void ToString_SaysWhatIsCertain(string axis, int size, int[] wrong, string text) =>
        Assert.Equal(text, new AxisExtent(axis, size, wrong).ToString());
}
