using Gdn.Reference;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

public sealed class GgufMetadataTests
{
    private const string Remedy = "this is not a file that the tool can use; convert the model again";

    public static TheoryData<object> IntegersOfValueSeven =>
        [(byte)7, (sbyte)7, (ushort)7, (short)7, 7u, 7, 7ul, 7L];

    public static TheoryData<Array> ArraysOfSevens =>
    [
        new byte[] { 7, 7 }, new sbyte[] { 7, 7 }, new ushort[] { 7, 7 }, new short[] { 7, 7 },
        new[] { 7u, 7u }, new[] { 7, 7 }, new[] { 7ul, 7ul }, new[] { 7L, 7L },
    ];

    public static TheoryData<object> NoIntegers => [7f, 7d, true, "7", new[] { 7 }];

    public static TheoryData<object> TooWide => [uint.MaxValue, ulong.MaxValue, long.MinValue, 1L << 32];

    [Theory]
    [MemberData(nameof(IntegersOfValueSeven))]
    public void GetInt_AnyWidth_IsTaken(object value) => Assert.Equal(7, With(value).GetInt("k"));

    [Theory]
    [MemberData(nameof(ArraysOfSevens))]
    public void GetInts_AnyWidth_IsTaken(Array value) => Assert.Equal([7, 7], With(value).GetInts("k"));

    [Fact]
    public void GetInts_NegativeBytes_KeepTheirSign() => Assert.Equal([-1], With(new sbyte[] { -1 }).GetInts("k"));

    [Theory]
    [MemberData(nameof(NoIntegers))]
    public void GetInt_OtherType_Throws(object value) =>
        AssertError($"is {new GgufValue(value).Describe()}, not an integer", With(value), m => m.GetInt("k"));

    [Theory]
    [MemberData(nameof(TooWide))]
    public void GetInt_TooWide_Throws(object value) =>
        AssertError($"the value {value} does not fit into 32 bits", With(value), m => m.GetInt("k"));

    [Fact]
    public void GetInts_TooWide_Throws() =>
        AssertError("the value 4294967296 does not fit into 32 bits", With(new[] { 1L, 1L << 32 }), m => m.GetInts("k"));

    [Fact]
    public void Get_OtherTypes_ReturnTheValue()
    {
        Assert.Equal(1.5f, With(1.5f).GetFloat("k"));
        Assert.Equal(1.5f, With(1.5).GetFloat("k"));
        Assert.Equal([1.5f], With(new[] { 1.5f }).GetFloats("k"));
        Assert.Equal([1.5f], With(new[] { 1.5 }).GetFloats("k"));
        Assert.True(With(true).GetBool("k"));
        Assert.Equal([true, false], With(new[] { true, false }).GetBools("k"));
        Assert.Equal("x", With("x").GetString("k"));
        Assert.Equal(["x", ""], With(new[] { "x", "" }).GetStrings("k"));
    }

    [Fact]
    public void Get_OtherTypesWrong_Throw()
    {
        GgufMetadata number = With(7u);
        AssertError("is U32, not a float", number, m => m.GetFloat("k"));
        AssertError("is U32, not an array of floats", number, m => m.GetFloats("k"));
        AssertError("is U32, not a bool", number, m => m.GetBool("k"));
        AssertError("is U32, not an array of bools", number, m => m.GetBools("k"));
        AssertError("is U32, not a string", number, m => m.GetString("k"));
        AssertError("is U32, not an array of strings", number, m => m.GetStrings("k"));
        AssertError("is U32, not an array of integers", number, m => m.GetInts("k"));
        AssertError("is array of 2 Text, not an array of integers", With(new[] { "a", "b" }), m => m.GetInts("k"));
    }

    [Fact]
    public void Get_Missing_ThrowsOrFallsBack()
    {
        GgufMetadata metadata = With(7u);
        var error = Assert.Throws<InputException>(() => metadata.GetInt("other"));
        Assert.Equal($"m.gguf: key 'other': is missing; {Remedy}", error.Message);
        Assert.Equal(4, metadata.GetInt("other", 4));
        Assert.Equal(0.5f, metadata.GetFloat("other", 0.5f));
        Assert.True(metadata.GetBool("other", true));
        Assert.Equal("none", metadata.GetString("other", "none"));
    }

    [Fact]
    public void Get_WrongTypeWithFallback_StillThrows() =>
        AssertError("is Text, not an integer", With("7"), m => m.GetInt("k", 4));

    [Fact]
    public void Value_TypeThatGgufLacks_Throws() => Assert.Throws<ArgumentException>(() => new GgufValue(1m));

    private static GgufMetadata With(object value) =>
        new("m.gguf", new Dictionary<string, GgufValue> { ["k"] = new(value) });

    private static void AssertError<T>(string problem, GgufMetadata metadata, Func<GgufMetadata, T> get)
    {
        var error = Assert.Throws<InputException>(() => { get(metadata); });
        Assert.Equal($"m.gguf: key 'k': {problem}; {Remedy}", error.Message);
    }
}
