using System.Runtime.InteropServices;
using Gdn.Harness.Models;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Architecture = Gdn.Reference.Models.Architecture;

namespace Gdn.Properties.Support;

/// <summary>A tensor with its bytes.</summary>
internal sealed record TensorData(string Name, long[] Dimensions, GgmlType Type, byte[] Bytes)
{
    /// <summary>Bytes of what the last dimension counts.</summary>
    private int SliceBytes => Bytes.Length / (int)Dimensions[^1];

    /// <summary>A tensor in single precision.</summary>
    public static TensorData Of(string name, long[] dimensions, params float[] values) =>
        new(name, dimensions, GgmlType.F32, MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <summary>The elements of a tensor in single precision.</summary>
    public float[] Values() => MemoryMarshal.Cast<byte, float>(Bytes).ToArray();

    /// <summary>The slices along the last dimension, rows of a matrix or matrices of a stack.</summary>
    public IEnumerable<byte[]> Slices() => Bytes.Chunk(SliceBytes);

    /// <summary>A tensor of other slices of the same shape.</summary>
    public TensorData With(string name, IEnumerable<byte[]> slices)
    {
        byte[] bytes = [.. slices.SelectMany(slice => slice)];
        return new TensorData(name, [.. Dimensions[..^1], bytes.Length / SliceBytes], Type, bytes);
    }
}

/// <summary>What a model file holds, to be changed and written again.</summary>
internal sealed class FileContents
{
    /// <summary>Values by key.</summary>
    public OrderedDictionary<string, GgufValue> Metadata { get; } = [];

    /// <summary>Tensors by name.</summary>
    public OrderedDictionary<string, TensorData> Tensors { get; } = [];

    /// <summary>Those of a small synthetic model of a family, whose rows are whole blocks of Q8_0.</summary>
    public static FileContents Of(Architecture architecture, int draftLayers = 0)
    {
        using var stream = new MemoryStream();
        SyntheticSizes sizes = SyntheticSizes.Small with { Embedding = 32, DraftLayers = draftLayers };
        SyntheticModel.Create(architecture, sizes, seed: 1).Write(stream);
        using GgufFile file = GgufFile.Parse("original", stream.ToArray());
        return Of(file);
    }

    /// <summary>Those of a file.</summary>
    public static FileContents Of(GgufFile file)
    {
        var contents = new FileContents();
        foreach ((string key, GgufValue value) in file.Metadata) contents.Metadata.Add(key, value);
        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            var bytes = new byte[tensor.ByteLength];
            file.ReadBytes(tensor, bytes);
            contents.Put(new TensorData(tensor.Name, [.. tensor.Dimensions], tensor.Type, bytes));
        }

        return contents;
    }

    /// <summary>Adds a tensor, or replaces the one of that name.</summary>
    public void Put(TensorData tensor) => Tensors[tensor.Name] = tensor;

    /// <summary>Takes a tensor away.</summary>
    public TensorData Take(string name)
    {
        TensorData tensor = Tensors[name];
        Tensors.Remove(name);
        return tensor;
    }

    /// <summary>The file.</summary>
    public byte[] ToArray()
    {
        var writer = new GgufWriter();
        foreach ((string key, GgufValue value) in Metadata) writer.Add(key, value);
        foreach (TensorData tensor in Tensors.Values) writer.Add(tensor.Name, tensor.Dimensions, tensor.Type, tensor.Bytes);
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    /// <summary>The file, opened.</summary>
    public GgufFile Open() => GgufFile.Parse("m.gguf", ToArray());

    /// <summary>The logits of a few tokens, which any difference of weights or sizes changes.</summary>
    public float[] Logits()
    {
        using GgufFile file = Open();
        return Logits(file);
    }

    /// <inheritdoc cref="Logits()"/>
    public static float[] Logits(GgufFile file)
    {
        ReferenceModel<float> model = ModelLoader.ReadReference<float>(file);
        float[] hidden = model.Forward(model.NewState(), [5, 17, 5, 200, 99, 31]);
        var logits = new float[model.Config.Vocabulary];
        model.Logits(hidden.AsSpan(^model.Config.Embedding..), logits);
        return logits;
    }
}
