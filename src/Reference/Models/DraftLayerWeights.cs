using System.Numerics;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Weights of a draft (multi-token-prediction) layer, by which a model guesses its own next tokens.</summary>
/// <param name="EmbeddingNorm">Of the token's embedding: <c>[E]</c>.</param>
/// <param name="HiddenNorm">Of the hidden state before the token: <c>[E]</c>.</param>
/// <param name="Projection">Of both side by side, the embedding first: <c>[E, 2E]</c>.</param>
/// <param name="Layer">A full-attention layer.</param>
/// <param name="OutputNorm"><c>[E]</c>; the trunk's where the file has none for the layer.</param>
/// <param name="TokenEmbedding"><c>[V, E]</c>; the trunk's where the file has none for the layer.</param>
/// <param name="Output"><c>[V, E]</c>; the trunk's where the file has none for the layer.</param>
public sealed record DraftLayerWeights<T>(
    T[] EmbeddingNorm, T[] HiddenNorm, Matrix<T> Projection, LayerWeights<T> Layer, T[] OutputNorm,
    Matrix<T> TokenEmbedding, Matrix<T> Output)
    where T : IFloatingPointIeee754<T>;
