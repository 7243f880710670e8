using Gdn.Harness.Engines.Isolation;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

public class ChannelTests
{
    [Fact]
    public void SendThenReceive_GivesTheSameValues()
    {
        var shape = new KernelShape(new DeltaRuleShape(3, 1, 2, 4, 5, true), 2, 1, HeadMap.Grouped, 7)
        {
            RawInputs = KernelForms.RawGates,
        }.WithLengths(3, 0);
        float[] floats = [1, float.NaN, -0f];
        using var stream = new MemoryStream();
        var channel = new Channel(stream);
        channel.Write("forgotten");
        channel.Discard();
        channel.Write(Request.RunKernel);
        KernelMessages.WriteShape(channel, shape);
        channel.Write("naïve");
        channel.Write<float>(floats);
        channel.Write<float>(new float[100_000]);
        channel.Send();

        stream.Position = 0;
        channel.Receive();
        Assert.Equal(Request.RunKernel, channel.Read<Request>());
        Assert.Equal(shape, KernelMessages.ReadShape(channel));
        Assert.Equal("naïve", channel.ReadString());
        Assert.Equal(floats, channel.ReadSpan<float>().ToArray());
        channel.ReadInto<float>(new float[100_000]);
        Assert.Throws<InvalidDataException>(() => channel.Read<int>());
    }

    [Theory]
    [InlineData(new byte[0], typeof(EndOfStreamException))]
    [InlineData(new byte[] { 1, 0 }, typeof(EndOfStreamException))]
    [InlineData(new byte[] { 5, 0, 0, 0, 1 }, typeof(EndOfStreamException))]
    [InlineData(new byte[] { 255, 255, 255, 255, 1 }, typeof(InvalidDataException))]
    [InlineData(new byte[] { 0, 0, 0, 0 }, typeof(InvalidDataException))]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 1 }, typeof(InvalidDataException))]
    public void Receive_Rubbish_IsRefused(byte[] bytes, Type exception) =>
        Assert.Throws(exception, () => new Channel(new MemoryStream(bytes)).Receive());

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void ReadSpan_CountBeyondTheMessage_IsRefused(int count)
    {
        using var stream = new MemoryStream();
        var channel = new Channel(stream);
        channel.Write(count);
        channel.Write(1L);
        channel.Send();
        stream.Position = 0;
        channel.Receive();
        Assert.Throws<InvalidDataException>(() => channel.ReadSpan<int>().Length);
    }

    // Four bytes are enough to claim a gigabyte.
    [Fact]
    public void Receive_LongerThanExpected_IsRefusedBeforeItArrives()
    {
        using var stream = new MemoryStream();
        var channel = new Channel(stream);
        channel.Write<byte>(new byte[1000]);
        channel.Send();
        stream.Position = 0;
        channel.Receive(most: 1004);
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => new Channel(stream).Receive(most: 1003));
    }

    [Fact]
    public void Receive_ClaimsMoreThanArrives_TakesNoRoomForIt()
    {
        byte[] claim = [0, 0, 0, 0x3f, 1, 2, 3];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<EndOfStreamException>(() => new Channel(new MemoryStream(claim)).Receive());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }
}
