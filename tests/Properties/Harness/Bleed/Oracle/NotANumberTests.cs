using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Bleed.Oracle;

/// <summary>Servers that compute no number: JSON has none, so tokens come without candidates.</summary>
public sealed class NotANumberTests
{
    private static readonly OracleBound Bound = new(StateFormat.F32, 1e-3, Grows: false, 0, 0);

    private static readonly ForcedPosition Right = new([], 7, 0), NoNumber = new([], 7, double.NaN);

    private static OracleReading Read(params double?[] logProbabilities) => OracleReading.Of(
        new ForcedAnswer([1], [.. logProbabilities.Select(value => new ServedToken(7, "", value, []))]),
        [.. logProbabilities.Select(_ => Right)], Bound);

    [Fact]
    public void Of_TokenWithoutNumber_IsWrongThereAlthoughItIsTheRightToken()
    {
        Assert.Null(Read(-1, null, -1).Wrong);
        Assert.Equal(1, Read(-1, double.NaN, -1).Wrong);
    }

    [Fact]
    public void Of_RowWithoutNumber_HasNoGap()
    {
        var token = new ServedToken(0, "", null, []);
        Assert.Equal(double.NaN, ForcedPosition.Of([1, float.NaN, 2], token, _ => true).Gap);
        Assert.Equal(1, ForcedPosition.Of([1, 0, 2], token, _ => true).Gap);
    }

    [Fact]
    public void Square_NoNumber_IsExplainedByAnEngineThatHasNoneEither()
    {
        OracleReading reading = Read(double.NaN, -1);
        Assert.Equal(0, Damage.Square(reading, 0, NoNumber));
        Assert.True(Damage.Square(reading, 0, Right) > 1);
        Assert.True(Damage.Square(reading, 1, NoNumber) > 1);
        Assert.Equal(0, Damage.Square(reading, 1, Right));
    }
}
