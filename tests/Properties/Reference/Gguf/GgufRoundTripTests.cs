using FsCheck.Xunit;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

[Properties(Arbitrary = [typeof(GgufArbitraries)], MaxTest = 300)]
public sealed class GgufRoundTripTests
{
    [Property]
    public void Parse_WrittenFile_HoldsWhatWasWritten(GgufContents contents)
    {
        using GgufFile file = GgufFile.Parse("m.gguf", contents.Write());

        Assert.Equal(contents.Version, file.Version);
        Assert.Equal(contents.Alignment, (uint)file.Metadata.GetInt("general.alignment", 32));
        for (int i = 0; i < contents.Values.Count; i++)
        {
            GgufValue value = file.Metadata[GgufContents.KeyOf(i)];
            Assert.Equal(contents.Values[i].GetType(), value.Value.GetType());
            Assert.Equal(contents.Values[i], value.Value);
        }

        Assert.Equal(Enumerable.Range(0, contents.Tensors.Count).Select(GgufContents.TensorNameOf), file.Tensors.Keys);
        for (int i = 0; i < contents.Tensors.Count; i++)
        {
            GgufTensor tensor = file.GetTensor(GgufContents.TensorNameOf(i));
            Assert.Equal(contents.Tensors[i].Type, tensor.Type);
            Assert.Equal(contents.Tensors[i].Dimensions, tensor.Dimensions);
            Assert.Equal(0, tensor.Offset % contents.Alignment);
            Assert.Equal(contents.Tensors[i].Bytes, Bytes(file, tensor));
        }
    }

    // Sees what equality of values does not: the sign of a zero, the bits of a NaN, the order of keys.
    [Property]
    public void Write_WhatWasRead_GivesTheSameBytes(GgufContents contents)
    {
        byte[] original = contents.Write();
        using GgufFile file = GgufFile.Parse("m.gguf", original);

        var copy = new GgufWriter(contents.Alignment, contents.Version);
        foreach ((string key, GgufValue value) in file.Metadata)
            if (key != "general.alignment") copy.Add(key, value);
        foreach (GgufTensor tensor in file.Tensors.Values)
            copy.Add(tensor.Name, [.. tensor.Dimensions], tensor.Type, Bytes(file, tensor));
        using var stream = new MemoryStream();
        copy.Write(stream);

        Assert.Equal(original, stream.ToArray());
    }

    private static byte[] Bytes(GgufFile file, GgufTensor tensor)
    {
        var bytes = new byte[tensor.ByteLength];
        file.ReadBytes(tensor, bytes);
        return bytes;
    }
}
