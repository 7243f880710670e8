using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>A model with its matrices in Q8_0, so that engines take the paths that quantized weights take.</summary>
public static class QuantizedModel
{
    private const int BlockElements = 32;

    /// <summary>
    /// Copies a file. Matrices whose rows are whole blocks are rounded; norms, biases and conv taps stay as they are, as in the
    /// files that engines' own quantizers write.
    /// </summary>
    public static GgufWriter Of(GgufFile file)
    {
        var writer = new GgufWriter();
        foreach ((string key, GgufValue value) in file.Metadata)
            if (key != FirstLayers.Alignment) writer.Add(key, value);
        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            float[] values = file.Read(tensor);
            if (tensor.Dimensions.Count >= 2 && tensor.Dimensions[0] % BlockElements == 0)
                writer.AddQ80(tensor.Name, [.. tensor.Dimensions], values);
            else
                writer.Add(tensor.Name, [.. tensor.Dimensions], values);
        }

        return writer;
    }
}
