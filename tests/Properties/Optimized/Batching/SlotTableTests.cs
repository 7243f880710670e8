using Gdn.Optimized.Batching;
using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Optimized.Batching;

public class SlotTableTests
{
    [Fact]
    public void Rollback_WithinPlanes_MovesTheLivePlaneOnly()
    {
        var slots = new SlotTable(slots: 2, planes: 4);
        slots.Set(1, 7);
        slots.Advance(1, 3);
        slots.Rollback(1, 2);
        Assert.Equal((8, 2), (slots.Position(1), slots.LivePlane[1]));
        Assert.Throws<InputException>(() => slots.Rollback(1, 1));
        slots.Advance(1, 1);
        Assert.Equal((9, 0), (slots.Position(1), slots.LivePlane[1]));
    }
}
