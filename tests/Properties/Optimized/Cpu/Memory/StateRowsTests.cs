using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Memory;

public class StateRowsTests
{
    [Theory]
    [InlineData(StateFormat.F32, 1.00390625f, 1.00390625f)]
    // Between two neighbours; the even one wins, whichever side it is on.
    [InlineData(StateFormat.BF16, 1.00390625f, 1f)]
    [InlineData(StateFormat.BF16, 1.01171875f, 1.015625f)]
    [InlineData(StateFormat.BF16, 1.0039064f, 1.0078125f)]
    [InlineData(StateFormat.BF16, -1.01171875f, -1.015625f)]
    [InlineData(StateFormat.BF16, 3.39e38f, 3.3895314e38f)]
    [InlineData(StateFormat.BF16, 3.4028235e38f, float.PositiveInfinity)]
    [InlineData(StateFormat.BF16, 1e-45f, 0f)]
    [InlineData(StateFormat.F16, 1.00048828125f, 1f)]
    [InlineData(StateFormat.F16, 1.00146484375f, 1.001953125f)]
    [InlineData(StateFormat.F16, 65520f, float.PositiveInfinity)]
    [InlineData(StateFormat.F16, -0f, -0f)]
    public void Write_Value_IsRoundedToNearestEven(StateFormat format, float value, float expected)
    {
        var rows = new StateRows(2, 3, format);
        rows.Write(1, [value, 0, value]);
        float[] actual = new float[3];
        rows.Read(1, actual);
        Assert.Equal([expected, 0, expected], actual);
        Assert.Equal(expected, format.Round(value));
    }

    // Poison must survive, whatever its bits.
    [Theory]
    [InlineData(0x7FC00000u)]
    [InlineData(0x7F800001u)]
    [InlineData(0xFFFFFFFFu)]
    public void Write_NaN_StaysNaN(uint bits)
    {
        foreach (StateFormat format in Enum.GetValues<StateFormat>())
        {
            var rows = new StateRows(1, 1, format);
            rows.Fill(0, 1, BitConverter.UInt32BitsToSingle(bits));
            var actual = new float[1];
            rows.Read(0, actual);
            Assert.True(float.IsNaN(actual[0]), $"{format}: {actual[0]}");
        }
    }

    // What has been rounded once is not rounded again.
    [Theory]
    [InlineData(StateFormat.BF16)]
    [InlineData(StateFormat.F16)]
    public void Write_EveryValueOfTheFormat_IsExact(StateFormat format)
    {
        float[] values = [.. Enumerable.Range(0, 1 << 16).Select(bits => format == StateFormat.BF16
            ? StateFormats.FromBFloat16((ushort)bits)
            : (float)BitConverter.UInt16BitsToHalf((ushort)bits))];
        var rows = new StateRows(1, values.Length, format);
        rows.Write(0, values);
        var actual = new float[values.Length];
        rows.Read(0, actual);
        Assert.Equal(values, actual);
    }

    [Theory]
    [InlineData(StateFormat.F32)]
    [InlineData(StateFormat.BF16)]
    [InlineData(StateFormat.F16)]
    public void CopyAndFill_OneRow_LeaveTheOthers(StateFormat format)
    {
        var rows = new StateRows(4, 2, format);
        rows.Write(1, [1, 2]);
        rows.Copy(1, 2);
        rows.Fill(3, 1, 7);
        float[][] actual = [.. Enumerable.Range(0, 4).Select(row =>
        {
            var values = new float[2];
            rows.Read(row, values);
            return values;
        })];
        Assert.Equal<float[]>([[0, 0], [1, 2], [1, 2], [7, 7]], actual);
    }

    [Fact]
    public void InPlace_SixteenBits_Throws() =>
        Assert.Throws<InvalidOperationException>(() => new StateRows(1, 1, StateFormat.BF16).InPlace(0).Length);
}
