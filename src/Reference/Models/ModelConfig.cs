using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Sizes and constants of a model.</summary>
/// <param name="Architecture">The family.</param>
/// <param name="Embedding">E: length of the hidden state.</param>
/// <param name="Vocabulary">V: number of tokens.</param>
/// <param name="MaxPositions">Context length that the file states.</param>
/// <param name="NormEpsilon">Epsilon of every norm.</param>
/// <param name="RecurrentLayers">For each layer, whether it is linear (recurrent) or full attention.</param>
/// <param name="DeltaNet">Sizes of the linear layers; null when there are none.</param>
/// <param name="Attention">Sizes of the full-attention layers.</param>
/// <param name="Experts">Routing of the mixture of experts; null for a dense feed-forward.</param>
/// <param name="DraftLayers">Multi-token-prediction layers after the trunk; not part of <see cref="Layers"/>.</param>
public sealed record ModelConfig(
    Architecture Architecture,
    int Embedding,
    int Vocabulary,
    int MaxPositions,
    double NormEpsilon,
    IReadOnlyList<bool> RecurrentLayers,
    DeltaNetConfig? DeltaNet,
    AttentionConfig Attention,
    ExpertConfig? Experts,
    int DraftLayers)
{
    /// <summary>First layers whose feed-forward is dense although the others have experts.</summary>
    public int DenseLayers { get; init; }

    /// <summary>Number of trunk layers.</summary>
    public int Layers => RecurrentLayers.Count;

    /// <summary>The sizes of the model that ends after its first trunk layers.</summary>
    public ModelConfig First(int layers) => this with { RecurrentLayers = [.. RecurrentLayers.Take(layers)], DraftLayers = 0 };
}

/// <summary>Sizes of a linear layer: Gated DeltaNet, or Kimi Delta Attention.</summary>
/// <param name="KeyHeads">Hk.</param>
/// <param name="ValueHeads">Hv, a multiple of Hk.</param>
/// <param name="HeadDim">K = V: a head's state is <c>[K, V]</c>.</param>
/// <param name="ConvWidth">W: taps of the causal conv; its state is the last W - 1 inputs.</param>
/// <param name="HeadMap">Which key head a value head reads.</param>
public sealed record DeltaNetConfig(int KeyHeads, int ValueHeads, int HeadDim, int ConvWidth, HeadMap HeadMap)
{
    /// <summary>Whether every key channel decays by a gate of its own (KDA), and not a head as a whole.</summary>
    public bool PerChannelGate { get; init; }

    /// <summary>What the output gate goes through.</summary>
    public GateActivation OutputGate { get; init; } = GateActivation.SiLU;

    /// <summary>Gates of a token: Hv, or Hv * K.</summary>
    public int Gates => PerChannelGate ? ValueHeads * HeadDim : ValueHeads;

    /// <summary>The delta rule over that many tokens.</summary>
    public DeltaRuleShape Rule(int tokens) =>
        new(tokens, KeyHeads, ValueHeads, KeyDim: HeadDim, ValueDim: HeadDim, PerChannelGate);

    /// <summary>Length of q, and of k: Hk * K.</summary>
    public int KeyLength => KeyHeads * HeadDim;

    /// <summary>Length of v, z and the layer's output: Hv * V.</summary>
    public int ValueLength => ValueHeads * HeadDim;

    /// <summary>Channels of the conv: q, k and v side by side.</summary>
    public int ConvChannels => 2 * KeyLength + ValueLength;

    /// <summary>Elements of a conv state: <c>[W - 1, channels]</c>.</summary>
    public int ConvStateLength => (ConvWidth - 1) * ConvChannels;

    /// <summary>Elements of a delta state: <c>[Hv, K, V]</c>.</summary>
    public int DeltaStateLength => ValueHeads * HeadDim * HeadDim;
}

/// <summary>Sizes of a full-attention layer.</summary>
/// <param name="Heads">H: query heads.</param>
/// <param name="KeyValueHeads">G, a divisor of H.</param>
/// <param name="KeyDim">D: length of a query and a key.</param>
/// <param name="ValueDim">Dv: length of a value.</param>
/// <param name="Rope">Position embedding.</param>
/// <param name="Gated">Whether each query head carries a gate on its output, as in the hybrid families.</param>
public sealed record AttentionConfig(
    int Heads, int KeyValueHeads, int KeyDim, int ValueDim, Rope Rope, bool Gated)
{
    /// <summary>Where what is cached is latent; null where it is keys and values themselves.</summary>
    public LatentConfig? Latent { get; init; }
}

/// <summary>
/// Multi-head latent attention without positions: all heads read one cached vector per token, a latent of R = Dv entries and then
/// P entries that all heads share; D = R + P, and G = 1.
/// </summary>
/// <param name="QueryDim">Length of a head's query as projected: its own entries, then P that meet the shared ones.</param>
/// <param name="SharedDim">P.</param>
/// <param name="OutputDim">Length of a head's output, which is made of what it has read from the latents.</param>
public sealed record LatentConfig(int QueryDim, int SharedDim, int OutputDim)
{
    /// <summary>Entries of a query that are a head's own.</summary>
    public int OwnDim => QueryDim - SharedDim;
}

/// <summary>Routing of a mixture of experts.</summary>
/// <param name="Count">Experts per layer.</param>
/// <param name="Used">Experts per token.</param>
/// <param name="WeightScale">Factor on the renormalised weights; 1 for none.</param>
public sealed record ExpertConfig(int Count, int Used, double WeightScale)
{
    /// <summary>Whether experts are scored by sigmoid and chosen with a bias, and not by softmax.</summary>
    public bool BySigmoid { get; init; }
}
