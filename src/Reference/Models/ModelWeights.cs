using System.Numerics;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>All weights of a model: the trunk, and the draft layers after it.</summary>
/// <param name="TokenEmbedding"><c>[V, E]</c>.</param>
/// <param name="Layers">One per trunk layer.</param>
/// <param name="OutputNorm"><c>[E]</c>.</param>
/// <param name="Output"><c>[V, E]</c>; the token embedding where the file ties them.</param>
public sealed record ModelWeights<T>(
    Matrix<T> TokenEmbedding, IReadOnlyList<LayerWeights<T>> Layers, T[] OutputNorm, Matrix<T> Output)
    where T : IFloatingPointIeee754<T>
{
    /// <summary>One per draft layer; empty where the file has none.</summary>
    public IReadOnlyList<DraftLayerWeights<T>> DraftLayers { get; init; } = [];

    /// <summary>The weights of the model that ends after its first trunk layers.</summary>
    public ModelWeights<T> First(int layers) => this with { Layers = [.. Layers.Take(layers)], DraftLayers = [] };
}

/// <summary>Weights of one layer.</summary>
/// <param name="MixerNorm"><c>[E]</c>, before the mixer.</param>
/// <param name="Mixer">What mixes tokens.</param>
/// <param name="FeedForwardNorm"><c>[E]</c>, before the feed-forward block.</param>
/// <param name="FeedForward">The feed-forward block.</param>
public sealed record LayerWeights<T>(
    T[] MixerNorm, MixerWeights<T> Mixer, T[] FeedForwardNorm, FeedForwardWeights<T> FeedForward)
    where T : IFloatingPointIeee754<T>;

/// <summary>Weights of a layer's token mixer.</summary>
public abstract record MixerWeights<T> where T : IFloatingPointIeee754<T>;

/// <summary>Weights of a linear layer.</summary>
/// <param name="QueryKeyValue"><c>[2 Hk K + Hv V, E]</c>: q, k and v rows in this order.</param>
/// <param name="OutputGate">z: <c>[Hv V, E]</c>, or <c>[Hv V, r]</c> after its reduction.</param>
/// <param name="Beta"><c>[Hv, E]</c>.</param>
/// <param name="Alpha"><c>[gates, E]</c>, or <c>[gates, r]</c> after its reduction.</param>
/// <param name="Conv"><c>[channels, W]</c>.</param>
/// <param name="NegativeA"><c>-exp(A_log)</c>: <c>[Hv]</c>.</param>
/// <param name="TimeStepBias"><c>[gates]</c>.</param>
/// <param name="Norm">Gated norm, per head: <c>[V]</c>.</param>
/// <param name="Output"><c>[E, Hv V]</c>.</param>
public sealed record DeltaNetWeights<T>(
    Matrix<T> QueryKeyValue, Matrix<T> OutputGate, Matrix<T> Beta, Matrix<T> Alpha,
    T[] Conv, T[] NegativeA, T[] TimeStepBias, T[] Norm, Matrix<T> Output)
    : MixerWeights<T> where T : IFloatingPointIeee754<T>
{
    /// <summary>First factor of the output gate's projection, <c>[r, E]</c>; null where it has only one.</summary>
    public Matrix<T>? OutputGateReduction { get; init; }

    /// <summary>First factor of the decay's projection, <c>[r, E]</c>; null where it has only one.</summary>
    public Matrix<T>? AlphaReduction { get; init; }
}

/// <summary>Weights of a full-attention layer.</summary>
/// <param name="Query"><c>[H D, E]</c>, or <c>[H 2D, E]</c> with query and gate rows per head when gated.</param>
/// <param name="Key"><c>[G D, E]</c>.</param>
/// <param name="Value"><c>[G Dv, E]</c>.</param>
/// <param name="QueryNorm">Per head: <c>[D]</c>.</param>
/// <param name="KeyNorm">Per head: <c>[D]</c>.</param>
/// <param name="Output"><c>[E, H Dv]</c>.</param>
public sealed record AttentionWeights<T>(
    Matrix<T> Query, Matrix<T> Key, Matrix<T> Value, T[] QueryNorm, T[] KeyNorm, Matrix<T> Output)
    : MixerWeights<T> where T : IFloatingPointIeee754<T>;

/// <summary>Weights of a layer of latent attention; sizes as in <see cref="LatentConfig"/>.</summary>
/// <param name="Query"><c>[H D', E]</c>, D' being the length of a projected query.</param>
/// <param name="Latent"><c>[R + P, E]</c>.</param>
/// <param name="LatentNorm">Of the first R entries: <c>[R]</c>.</param>
/// <param name="QueryToLatent">For each head <c>[R, D' - P]</c>: turns its own entries into a query of latents.</param>
/// <param name="LatentToValue">For each head <c>[Dv', R]</c>: turns what it has read from the latents into its output.</param>
/// <param name="Output"><c>[E, H Dv']</c>.</param>
public sealed record LatentAttentionWeights<T>(
    Matrix<T> Query, Matrix<T> Latent, T[] LatentNorm, IReadOnlyList<Matrix<T>> QueryToLatent,
    IReadOnlyList<Matrix<T>> LatentToValue, Matrix<T> Output)
    : MixerWeights<T> where T : IFloatingPointIeee754<T>;

/// <summary>Weights of a feed-forward block.</summary>
public abstract record FeedForwardWeights<T> where T : IFloatingPointIeee754<T>;

/// <summary>A dense block, and also one expert: <c>down( silu(gate x) * up x )</c>.</summary>
/// <param name="Gate"><c>[F, E]</c>.</param>
/// <param name="Up"><c>[F, E]</c>.</param>
/// <param name="Down"><c>[E, F]</c>.</param>
public sealed record DenseWeights<T>(Matrix<T> Gate, Matrix<T> Up, Matrix<T> Down)
    : FeedForwardWeights<T> where T : IFloatingPointIeee754<T>;

/// <summary>A mixture of experts.</summary>
/// <param name="Router"><c>[experts, E]</c>.</param>
/// <param name="Experts">One block per expert.</param>
/// <param name="Shared">The expert that every token goes to, or null.</param>
/// <param name="SharedGate">Its gate, one scalar per token: <c>[1, E]</c>; null if the shared expert is not gated, or absent.</param>
public sealed record ExpertWeights<T>(
    Matrix<T> Router, IReadOnlyList<DenseWeights<T>> Experts, DenseWeights<T>? Shared, Matrix<T>? SharedGate)
    : FeedForwardWeights<T> where T : IFloatingPointIeee754<T>
{
    /// <summary>What is added to sigmoids before experts are chosen: <c>[experts]</c>; empty where they are chosen by softmax.</summary>
    public T[] SelectionBias { get; init; } = [];
}
