using Gdn.Reference.Gguf;

namespace Gdn.Reference.Models;

/// <summary>
/// Holds what a model's sizes make together, heads times their length for example, to what a layer can have: each size may be
/// believable by itself, and their product not fit into the 32 bits that lengths are computed in.
/// </summary>
internal static class LayerWidths
{
    // Times as many tokens as a batch can have, and as many sequences as an engine, they are still lengths of arrays.
    private const long MaxWidth = 1 << 21, MaxState = 1 << 24;

    /// <exception cref="InputException">A product is absurd.</exception>
    public static void Require(GgufFile file, ModelConfig config)
    {
        foreach ((string what, Int128 elements, long most) in ProductsOf(config))
            if (elements > most)
                throw new InputException(
                    file.Name, $"its sizes make {what} of {elements} elements, and a layer has {most} at most",
                    "this is not a file that the tool can use; convert the model again");
    }

    // In 128 bits: a product of four sizes of 24 bits would overflow anything shorter.
    private static IEnumerable<(string What, Int128 Elements, long Most)> ProductsOf(ModelConfig config)
    {
        AttentionConfig attention = config.Attention;
        Int128 heads = attention.Heads, keyValueHeads = attention.KeyValueHeads;
        Int128 keysAndValues = keyValueHeads * (attention.KeyDim + attention.ValueDim);
        yield return ("queries, keys and values", heads * attention.KeyDim * (attention.Gated ? 2 : 1) + keysAndValues, MaxWidth);
        yield return ("an attention output", heads * (attention.Latent?.OutputDim ?? attention.ValueDim), MaxWidth);
        if (attention.Latent is { } latent) yield return ("queries", heads * latent.QueryDim, MaxWidth);
        if (config.DeltaNet is not { } linear) yield break;
        Int128 channels = ((Int128)2 * linear.KeyHeads + linear.ValueHeads) * linear.HeadDim;
        yield return ("a convolution", channels, MaxWidth);
        yield return ("a convolution's state", channels * (linear.ConvWidth - 1), MaxState);
        yield return ("a recurrent state", (Int128)linear.ValueHeads * linear.HeadDim * linear.HeadDim, MaxState);
    }
}
