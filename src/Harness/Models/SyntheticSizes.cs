namespace Gdn.Harness.Models;

/// <summary>Sizes of a synthetic model; the defaults make one of a few megabytes that every engine can run.</summary>
/// <remarks>
/// <see cref="HeadDim"/> is 64 because some engines' kernels exist for 64 and 128 only; the RoPE sections that
/// <see cref="SyntheticModel"/> writes cover <see cref="RopeDimensions"/> of up to 64.
/// </remarks>
public sealed record SyntheticSizes
{
    /// <summary>
    /// Sizes for a hundred schedules a second, oracle included; too small for some engines' kernels. What a fault does to
    /// states is the same in any size. Linear, linear, attention, linear: each kind of layer stands behind each that the hybrid
    /// families can put there.
    /// </summary>
    public static SyntheticSizes Small { get; } = new()
    {
        Layers = 4,
        FullAttentionInterval = 3,
        Embedding = 16,
        HeadDim = 8,
        AttentionDim = 16,
        RopeDimensions = 8,
        FeedForward = 16,
        ExpertFeedForward = 16,
        SharedFeedForward = 16,
    };

    /// <summary>The least that has recurrent state: one linear layer of two heads.</summary>
    public static SyntheticSizes Tiny { get; } = new()
    {
        Layers = 1,
        Embedding = 16,
        HeadDim = 8,
        KeyHeads = 1,
        ValueHeads = 2,
        AttentionDim = 16,
        RopeDimensions = 8,
        FeedForward = 16,
        Experts = 4,
        ExpertFeedForward = 8,
        SharedFeedForward = 8,
    };

    /// <summary>
    /// Pairs that each axis of the position turns: those of published models, or as many as there are. All of them turn with the place
    /// in the text, so the numbers change nothing; but ggml ends the process where they are more than a head has dimensions.
    /// </summary>
    public int[] RopeSections
    {
        get
        {
            int[] published = [11, 11, 10, 0];
            int pairs = RopeDimensions / 2, others = pairs / 3;
            return published.Sum() <= AttentionDim ? published : [pairs - 2 * others, others, others, 0];
        }
    }

    /// <summary>Trunk layers.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Every n-th layer is full attention, the others linear.</summary>
    public int FullAttentionInterval { get; init; } = 4;

    /// <summary>E: length of the hidden state.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>K = V: a linear head's state is [K, V].</summary>
    public int HeadDim { get; init; } = 64;

    /// <summary>Hk.</summary>
    public int KeyHeads { get; init; } = 2;

    /// <summary>Hv, a multiple of Hk.</summary>
    public int ValueHeads { get; init; } = 4;

    /// <summary>Taps of the causal conv.</summary>
    public int ConvWidth { get; init; } = 4;

    /// <summary>Query heads of a full-attention layer.</summary>
    public int AttentionHeads { get; init; } = 2;

    /// <summary>Key and value heads of a full-attention layer.</summary>
    public int KeyValueHeads { get; init; } = 1;

    /// <summary>D: length of a full-attention layer's queries, keys and values.</summary>
    public int AttentionDim { get; init; } = 64;

    /// <summary>How many of the D dimensions the hybrid families rotate.</summary>
    public int RopeDimensions { get; init; } = 32;

    /// <summary>Hidden length of a dense feed-forward block.</summary>
    public int FeedForward { get; init; } = 128;

    /// <summary>Experts per layer, in the families that have them.</summary>
    public int Experts { get; init; } = 8;

    /// <summary>Experts per token.</summary>
    public int ExpertsUsed { get; init; } = 2;

    /// <summary>Hidden length of an expert.</summary>
    public int ExpertFeedForward { get; init; } = 64;

    /// <summary>Hidden length of the shared expert.</summary>
    public int SharedFeedForward { get; init; } = 64;

    /// <summary>Context length that the file states.</summary>
    public int ContextLength { get; init; } = 4096;

    /// <summary>Multi-token-prediction layers after the trunk: 0 or 1.</summary>
    public int DraftLayers { get; init; }

    /// <summary>2 Hk K + Hv V: channels of the conv.</summary>
    internal int ConvChannels => (2 * KeyHeads + ValueHeads) * HeadDim;

    /// <summary>Hv V.</summary>
    internal int ValueLength => ValueHeads * HeadDim;
}
