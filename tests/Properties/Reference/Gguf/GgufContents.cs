using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gdn.Reference.Gguf;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>What a file is made of; generated and shrunk by FsCheck.</summary>
public sealed record GgufContents(
    uint Alignment, int Version, IReadOnlyList<object> Values, IReadOnlyList<GgufContents.Block> Tensors)
{
    /// <summary>A tensor: whole rows of blocks of any type.</summary>
    public sealed record Block(GgmlType Type, long[] Dimensions, byte[] Bytes);

    public override string ToString() =>
        $"alignment {Alignment}, version {Version}, "
        + $"values [{string.Join(", ", Values.Select(value => new GgufValue(value).Describe()))}], "
        + $"tensors [{string.Join(", ", Tensors.Select(t => $"{t.Type} [{string.Join(", ", t.Dimensions)}]"))}]";

    public byte[] Write()
    {
        var writer = new GgufWriter(Alignment, Version);
        for (int i = 0; i < Values.Count; i++) writer.Add(KeyOf(i), new GgufValue(Values[i]));
        for (int i = 0; i < Tensors.Count; i++)
            writer.Add(TensorNameOf(i), Tensors[i].Dimensions, Tensors[i].Type, Tensors[i].Bytes);
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    public static string KeyOf(int i) => $"clé.{i}";

    public static string TensorNameOf(int i) => $"blk.{i}.weight";
}

/// <summary>Generators, found by FsCheck's properties.</summary>
public static class GgufArbitraries
{
    public static Arbitrary<GgufContents> Contents() => Arb.From(
        from alignmentPower in Gen.Choose(0, 9)
        from version in Gen.Elements(2, 3)
        from values in Value().ListOf()
        from tensors in Tensor().ListOf()
        select new GgufContents(1u << alignmentPower, version, [.. values], [.. tensors]),
        Shrink);

    private static IEnumerable<GgufContents> Shrink(GgufContents contents) =>
    [
        .. Without(contents.Values).Select(values => contents with { Values = values }),
        .. Without(contents.Tensors).Select(tensors => contents with { Tensors = tensors }),
    ];

    private static IEnumerable<IReadOnlyList<T>> Without<T>(IReadOnlyList<T> items) =>
        Enumerable.Range(0, items.Count).Select(left => (IReadOnlyList<T>)[.. items.Where((_, i) => i != left)]);

    private static Gen<object> Value() => Gen.OneOf(
        Of<byte>(), Of<sbyte>(), Of<ushort>(), Of<short>(), Of<uint>(), Of<int>(), Of<ulong>(), Of<long>(),
        Of<float>(), Of<double>(), Of<bool>(), ScalarOrArray(Text()));

    private static Gen<object> Of<T>() where T : notnull => ScalarOrArray(ArbMap.Default.GeneratorFor<T>());

    private static Gen<object> ScalarOrArray<T>(Gen<T> element) where T : notnull =>
        Gen.OneOf(element.Select(value => (object)value), element.ArrayOf().Select(values => (object)values));

    // Text that UTF-8 can hold: without halves of surrogate pairs.
    private static Gen<string> Text() => ArbMap.Default.GeneratorFor<string>()
        .Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? "")));

    private static Gen<GgufContents.Block> Tensor() =>
        from type in Gen.Elements(GgmlTypes.Known.ToArray())
        from blocks in Gen.Choose(1, 3)
        from others in Gen.Choose(1, 3).ArrayOf().Where(sizes => sizes.Length < 4)
        let info = GgmlTypes.Find(type)!
        let count = others.Aggregate(blocks * info.BlockBytes, (bytes, size) => bytes * size)
        from bytes in ArbMap.Default.GeneratorFor<byte>().ArrayOf(count)
        select new GgufContents.Block(type, [blocks * info.BlockElements, .. others.Select(size => (long)size)], bytes);
}
