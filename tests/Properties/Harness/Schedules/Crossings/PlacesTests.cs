using Gdn.Harness;
using Gdn.Harness.Schedules.Crossings;
using Xunit;

namespace Gdn.Properties.Harness.Schedules.Crossings;

public class PlacesTests
{
    [Theory]
    [InlineData(0, 5, "elsewhere")]
    [InlineData(0, 15, "near a block's end")]
    [InlineData(62, 1, "near 64")]
    [InlineData(64, 1, "near 64")]
    [InlineData(67, 1, "elsewhere")]
    [InlineData(60, 9, "near 64")]
    [InlineData(0, 66, "near 64")]
    [InlineData(5, 100, "elsewhere")]
    [InlineData(30, 34, "near a block's end", "near 64")]
    [InlineData(505, 9, "near 512")]
    public void Of_ARow_ThePlacesWhereItBeginsOrEndsOrThatItsDraftsCross(int position, int tokens, params string[] places) =>
        Assert.Equal(places, Places.Of(position, tokens).Select(place => Places.Names[place]));

    [Fact]
    public void EndNear_AnyLength_ReachesTheBoundary()
    {
        var random = new SeededRandom(3);
        for (int place = Places.Block; place < Places.Names.Count; place++)
        {
            for (int tokens = 1; tokens <= 12; tokens++)
            {
                int boundary = Places.BoundaryOf(place), end = Places.EndNear(boundary, tokens, random);
                Assert.Contains(place, Places.Of(end - tokens, tokens));
            }
        }
    }
}
