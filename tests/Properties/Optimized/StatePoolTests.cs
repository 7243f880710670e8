using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized;

public class StatePoolTests
{
    private static readonly ModelConfig Config = new RandomModel(Architecture.Qwen35, seed: 1).Config;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Free_Slot_KeepsContentUnlessPoisoned(bool poison)
    {
        var pool = new StatePool(Config, slots: 2, planes: 2, maxPositions: 8, poison);
        int slot = pool.Slots.Map.FindOrAdd(5), neighbour = pool.Slots.Map.FindOrAdd(6);
        foreach (int each in new[] { slot, neighbour })
        {
            pool.Zero(each);
            pool.Reserve(each, 3);
            RecurrentStore store = pool.Recurrent(1);
            store.Delta.Fill(store.Row(each, 1), 1, 2);
            store.Conv.Fill(store.Row(each, 1), 1, 3);
            pool.Attention(0).Keys(each, 3).Fill(4);
            pool.Attention(0).Values(each, 3).Fill(5);
        }

        pool.Free(5);

        Assert.Equal(-1, pool.Slots.Map.Find(5));
        StateRows delta = pool.Recurrent(1).Delta, conv = pool.Recurrent(1).Conv;
        int freed = pool.Recurrent(1).Row(slot, 1);
        AssertFilled(delta.InPlace(freed), poison ? float.NaN : 2);
        AssertFilled(conv.InPlace(freed), poison ? float.NaN : 3);
        AssertFilled(pool.Attention(0).Keys(slot, 3), poison ? float.NaN : 4);
        AssertFilled(pool.Attention(0).Values(slot, 3), poison ? float.NaN : 5);
        AssertFilled(delta.InPlace(pool.Recurrent(1).Row(neighbour, 1)), 2);
        AssertFilled(pool.Attention(0).Keys(neighbour, 3), 4);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, float.NaN)]
    public void New_EverySlot_IsFreeAndHoldsZerosOrPoison(bool poison, float expected)
    {
        var pool = new StatePool(Config, slots: 2, planes: 2, maxPositions: 8, poison);
        for (int slot = 0; slot < 2; slot++)
            AssertFilled(pool.Recurrent(1).Delta.InPlace(pool.Recurrent(1).Row(slot, 0), 2), expected);
    }

    [Fact]
    public void Check_SnapshotAsLongAsTheCapacity_Fits()
    {
        var pool = new StatePool(Config, slots: 1, planes: 1, maxPositions: 8);
        pool.Zero(pool.Slots.Map.FindOrAdd(0));
        pool.Reserve(0, 8);
        pool.Slots.Advance(0, 8);
        pool.Check(pool.Export(0));
    }

    [Fact]
    public void Rollback_WithinPlanes_MovesTheLivePlaneOnly()
    {
        var slots = new SlotTable(slots: 2, planes: 4);
        slots.Set(1, 7);
        slots.Advance(1, 3);
        slots.Rollback(1, 2);
        Assert.Equal((8, 2), (slots.Position(1), slots.LivePlane[1]));
        Assert.Throws<Gdn.Reference.InputException>(() => slots.Rollback(1, 1));
        slots.Advance(1, 1);
        Assert.Equal((9, 0), (slots.Position(1), slots.LivePlane[1]));
    }

    [Fact]
    public void Reserve_Growing_KeepsWhatIsThereUpToTheLimit()
    {
        var store = new KeyValueStore(Config.Attention, slots: 2, maxPositions: 40);
        store.Reserve(1, 2);
        store.Keys(1, 2).Fill(1);
        store.Values(1, 2).Fill(2);
        store.Reserve(1, 40);
        AssertFilled(store.Keys(1, 2), 1);
        AssertFilled(store.Values(1, 2), 2);
        Assert.Equal(40 * store.KeyLength, store.Keys(1, 40).Length);
    }

    private static void AssertFilled(ReadOnlySpan<float> actual, float expected)
    {
        foreach (float entry in actual) Assert.Equal(expected, entry);
    }
}
