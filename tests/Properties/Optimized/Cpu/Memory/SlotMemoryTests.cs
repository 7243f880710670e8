using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Memory;

public class SlotMemoryTests
{
    private static readonly RandomModel Model = new(Architecture.Qwen35, seed: 1);

    [Fact]
    public void Fill_Slot_ChangesEveryPlaneAndCacheOfItAndNothingElse()
    {
        BatchedOptions options = Model.Options(slots: 2, maxBatchTokens: 8, maxPositions: 8, planes: 2);
        var states = new HostStates(options);
        var memory = new SlotMemory(options, states);
        for (int slot = 0; slot < 2; slot++)
        {
            memory.Reserve(slot, 3);
            memory.Fill(slot, 2);
        }

        memory.Fill(0, float.NaN);

        RecurrentStore store = states.Store(1);
        foreach ((int slot, float expected) in ((int, float)[])[(0, float.NaN), (1, 2)])
        {
            AssertFilled(store.Delta.InPlace(store.Row(slot, 0), 2), expected);
            AssertFilled(store.Conv.InPlace(store.Row(slot, 0), 2), expected);
            AssertFilled(memory.Attention(0).Keys(slot, 3), expected);
            AssertFilled(memory.Attention(0).Values(slot, 3), expected);
        }
    }

    [Fact]
    public void Zero_Slot_ClearsItsFirstPlaneOnly()
    {
        BatchedOptions options = Model.Options(slots: 2, maxBatchTokens: 8, maxPositions: 8, planes: 2);
        var states = new HostStates(options);
        var memory = new SlotMemory(options, states);
        memory.Fill(1, 3);
        memory.Zero(1);
        RecurrentStore store = states.Store(1);
        AssertFilled(store.Delta.InPlace(store.Row(1, 0)), 0);
        AssertFilled(store.Delta.InPlace(store.Row(1, 1)), 3);
        AssertFilled(store.Conv.InPlace(store.Row(1, 0)), 0);
        AssertFilled(store.Conv.InPlace(store.Row(1, 1)), 3);
    }

    [Fact]
    public void Fits_SnapshotOfAnotherShape_DoesNot()
    {
        var memory = Memory(Model);
        var other = Memory(new RandomModel(Architecture.Qwen35, seed: 2));
        memory.Reserve(0, 8);
        other.Reserve(0, 8);
        Assert.True(memory.Fits(memory.Export(0, 0, 8)));
        Assert.False(memory.Fits(other.Export(0, 0, 8)));
    }

    [Fact]
    public void Reserve_Growing_KeepsWhatIsThereUpToTheLimit()
    {
        var store = new KeyValueStore(Model.Config.Attention, slots: 2, maxPositions: 40);
        store.Reserve(1, 2);
        store.Keys(1, 2).Fill(1);
        store.Values(1, 2).Fill(2);
        store.Reserve(1, 40);
        AssertFilled(store.Keys(1, 2), 1);
        AssertFilled(store.Values(1, 2), 2);
        Assert.Equal(40 * store.KeyLength, store.Keys(1, 40).Length);
    }

    private static SlotMemory Memory(RandomModel model)
    {
        BatchedOptions options = model.Options(slots: 1, maxBatchTokens: 8, maxPositions: 8);
        return new SlotMemory(options, new HostStates(options));
    }

    private static void AssertFilled(ReadOnlySpan<float> actual, float expected)
    {
        foreach (float entry in actual) Assert.Equal(expected, entry);
    }
}
