using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>The first layers of a model as a file of their own, for engines that read files.</summary>
internal static class FirstLayers
{
    /// <summary>Of a copy it is the usual one: not to be copied.</summary>
    internal const string Alignment = "general.alignment";

    // What may be given once for each layer.
    private static readonly string[] PerLayer =
        ["attention.head_count", "attention.head_count_kv", "attention.recurrent_layers", "feed_forward_length"];

    /// <summary>
    /// Copies a file without the later layers: other metadata and tensors stay as they are, quantised blocks too. Draft layers,
    /// which come last, go with them.
    /// </summary>
    /// <param name="file">The whole model.</param>
    /// <param name="layers">How many trunk layers stay.</param>
    public static GgufWriter Of(GgufFile file, int layers)
    {
        string name = file.Metadata.GetString("general.architecture");
        string blockCount = $"{name}.block_count", draftLayers = $"{name}.nextn_predict_layers";
        var writer = new GgufWriter();
        foreach ((string key, GgufValue value) in file.Metadata)
        {
            if (key == Alignment || key == draftLayers) continue;
            writer.Add(key, key == blockCount ? (uint)layers : PerLayer.Any(part => key == $"{name}.{part}") ? First(value, layers) : value);
        }

        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            // Of a type that is not known the length is not either; no model that can be computed has one that is used.
            if (BlockNumber.Of(tensor.Name) >= layers || GgmlTypes.Find(tensor.Type) is null) continue;
            var bytes = new byte[tensor.ByteLength];
            file.ReadBytes(tensor, bytes);
            writer.Add(tensor.Name, [.. tensor.Dimensions], tensor.Type, bytes);
        }

        return writer;
    }

    private static GgufValue First(GgufValue value, int layers)
    {
        if (value.Value is not Array all || all.Length <= layers) return value;
        var first = Array.CreateInstance(all.GetType().GetElementType()!, layers);
        Array.Copy(all, first, layers);
        return new GgufValue(first);
    }
}
