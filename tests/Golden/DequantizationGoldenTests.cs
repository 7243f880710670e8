using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Golden;

/// <summary>
/// Every tensor type that the reader knows, on random blocks, bit for bit against <c>ggml_get_rows</c>. NaN and
/// infinite scales are not covered.
/// </summary>
public sealed class DequantizationGoldenTests
{
    private static readonly GoldenVectors Vectors = GoldenVectors.Load("dequant");

    public static TheoryData<string> Types => [.. Vectors.Cases.Select(c => c.Name)];

    [Theory, MemberData(nameof(Types))]
    public void Dequantize_RandomBlocks_BitIdenticalToGgml(string name)
    {
        GoldenCase golden = Vectors[name];
        GgmlTypeInfo type = TypeOf(golden);
        float[] expected = golden.Floats("values"), actual = new float[expected.Length];

        Assert.Equal(golden.Shape("blocks")[1], type.BlockBytes);
        type.Dequantize!(golden.Bytes("blocks"), actual);

        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"{name} block {i / type.BlockElements} element {i % type.BlockElements} " +
                $"expected {expected[i]:G9} actual {actual[i]:G9} allowed 0");
    }

    [Fact]
    public void Vectors_ReadableTypes_AllCovered() => Assert.Equal(
        GgmlTypes.Known.Where(type => GgmlTypes.Find(type)!.Dequantize is not null).Select(GgmlTypes.NameOf).Order(),
        Vectors.Cases.Select(c => c.Name).Order());

    [Fact]
    public void Vectors_NamesAndNumbers_AreTheReadersOwn() =>
        Assert.All(Vectors.Cases, golden => Assert.Equal(golden.Name, TypeOf(golden).Name));

    private static GgmlTypeInfo TypeOf(GoldenCase golden) =>
        GgmlTypes.Find((GgmlType)golden.Parameters.GetProperty("type").GetInt32())!;
}
