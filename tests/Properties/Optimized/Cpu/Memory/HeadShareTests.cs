using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Memory;

public class HeadShareTests
{
    private const int KeyHeads = 5, ValueHeads = 15, HeadDim = 3, Width = 4;

    public static TheoryData<HeadMap, int> Cases()
    {
        var cases = new TheoryData<HeadMap, int>();
        foreach (HeadMap map in Enum.GetValues<HeadMap>())
            for (int devices = 1; devices <= KeyHeads; devices++) cases.Add(map, devices);
        return cases;
    }

    // Every element names its head, and every head lands on one device, beside the key head that it reads.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Deal_AnyDevices_ValueHeadsAreWithTheirKeyHead(HeadMap map, int devices)
    {
        DeltaNetConfig whole = Config(map);
        HeadShare[] shares = HeadShare.Deal(whole, devices);
        float[] heads = [.. Enumerable.Range(0, ValueHeads).Select(head => (float)head)];
        float[] channels = [.. Enumerable.Range(0, whole.ConvChannels).Select(channel => (float)(channel / HeadDim))];

        var dealt = new List<float>();
        foreach (HeadShare share in shares)
        {
            DeltaNetConfig own = share.Config;
            float[] ownHeads = new float[own.ValueHeads], ownChannels = new float[own.ConvChannels];
            share.TakeHeads(heads, 1, ownHeads);
            share.TakeChannels(channels, ownChannels);
            dealt.AddRange(ownHeads);
            for (int h = 0; h < own.ValueHeads; h++)
            {
                int key = own.HeadMap.KeyHeadOf(h, own.KeyHeads, own.ValueHeads);
                int expected = map.KeyHeadOf((int)ownHeads[h], KeyHeads, ValueHeads);
                Assert.Equal(expected, ownChannels[key * HeadDim]);
                Assert.Equal(KeyHeads + expected, ownChannels[own.KeyLength + key * HeadDim]);
                Assert.Equal(2 * KeyHeads + ownHeads[h], ownChannels[2 * own.KeyLength + h * HeadDim + HeadDim - 1]);
            }
        }

        Assert.Equal(heads, dealt.Order());
        Assert.InRange(
            shares.Max(share => share.Config.KeyHeads) - shares.Min(share => share.Config.KeyHeads), 0, 1);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Put_WhatWasTaken_RestoresSeveralRows(HeadMap map, int devices)
    {
        DeltaNetConfig whole = Config(map);
        float[] heads = [.. Enumerable.Range(1, 2 * whole.ValueLength).Select(i => (float)i)];
        float[] channels = [.. Enumerable.Range(1, 2 * whole.ConvChannels).Select(i => (float)i)];
        float[] headsBack = new float[heads.Length], channelsBack = new float[channels.Length];
        foreach (HeadShare share in HeadShare.Deal(whole, devices))
        {
            float[] ownHeads = new float[2 * share.Config.ValueLength], ownChannels = new float[2 * share.Config.ConvChannels];
            share.TakeHeads(heads, HeadDim, ownHeads);
            share.PutHeads(ownHeads, HeadDim, headsBack);
            share.TakeChannels(channels, ownChannels);
            share.PutChannels(ownChannels, channelsBack);
        }

        Assert.Equal(heads, headsBack);
        Assert.Equal(channels, channelsBack);
    }

    [Fact]
    public void Deal_MoreSharesThanKeyHeads_SaysSo()
    {
        InputException e = Assert.Throws<InputException>(() => HeadShare.Deal(Config(HeadMap.Tiled), KeyHeads + 1));
        Assert.Equal("shares: 5 key heads cannot be dealt to 6 shares; use at most 5", e.Message);
    }

    private static DeltaNetConfig Config(HeadMap map) => new(KeyHeads, ValueHeads, HeadDim, Width, map);
}
