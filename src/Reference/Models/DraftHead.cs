using System.Numerics;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>
/// The draft (multi-token-prediction) layers of a model, one token at a time. A layer takes the embedding of a token and a
/// hidden state of the token before it, and gives a hidden state from which its output projection tells what follows:
/// <c>x = W [RMSNorm(e), RMSNorm(h)]</c>, one full-attention layer over x, RMSNorm.
/// </summary>
/// <remarks>
/// Sources: llama.cpp <c>src/models/qwen35.cpp</c>; for several layers DeepSeek-V3 (arXiv 2412.19437), section 2.2. h is the
/// trunk's hidden state after the output norm. The n-th token drafted ahead comes from the n-th layer, and beyond the last
/// one from that again, on its own hidden state.
/// </remarks>
internal sealed class DraftHead<T>(ModelConfig config, ModelWeights<T> weights) where T : IFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<DraftLayerWeights<T>> _layers = weights.DraftLayers;
    private readonly T _epsilon = T.CreateChecked(config.NormEpsilon);

    /// <summary>Takes a token that the trunk has taken.</summary>
    /// <param name="state">The sequence's; advanced.</param>
    /// <param name="token">The token.</param>
    /// <param name="hidden">The trunk's hidden state after it <c>[E]</c>.</param>
    public void Read(DraftState<T> state, int token, T[] hidden)
    {
        // The last layer first: each reads what the layer before said of the token before.
        for (int layer = _layers.Count - 1; layer >= 0; layer--)
        {
            if (state.HiddenBefore(layer) is not { } before) continue;
            T[] output = Run(layer, state, token, before);
            if (layer + 1 < _layers.Count) state.Remember(layer + 1, output);
        }

        state.Remember(0, hidden);
        state.Advance();
    }

    /// <summary>Takes a token that the trunk has not taken.</summary>
    /// <param name="state">The sequence's, which is of no use for <see cref="Read"/> from then on; advanced.</param>
    /// <param name="token">The token.</param>
    /// <param name="step">How many were taken before it in this way.</param>
    /// <param name="logits">Receives what follows the token <c>[V]</c>.</param>
    public void Draft(DraftState<T> state, int token, int step, Span<T> logits)
    {
        int last = _layers.Count - 1, drafting = Math.Min(step, last);
        for (int layer = last; layer >= drafting; layer--)
        {
            if (state.HiddenBefore(layer) is not { } before) continue;
            T[] output = Run(layer, state, token, before);
            // The last layer goes on from its own hidden state.
            state.Remember(Math.Min(layer + 1, last), output);
            if (layer == drafting) Linear.Run(_layers[layer].Output, output, logits);
        }

        state.Advance();
    }

    private T[] Run(int layer, DraftState<T> state, int token, T[] hidden)
    {
        DraftLayerWeights<T> w = _layers[layer];
        T[] embedding = w.TokenEmbedding.Row(token).ToArray();
        T[] x = Linear.Run(w.Projection, [.. Normalise(embedding, w.EmbeddingNorm), .. Normalise(hidden, w.HiddenNorm)]);
        Add(x, FullAttentionLayer.Run(
            config.Attention, w.Layer.Mixer, _epsilon, state.NextPosition, Normalise(x, w.Layer.MixerNorm), state.Cache(layer)));
        Add(x, FeedForwardLayer.Run(config.Experts, w.Layer.FeedForward, Normalise(x, w.Layer.FeedForwardNorm), out _));
        return Normalise(x, w.OutputNorm);
    }

    private T[] Normalise(T[] x, T[] norm)
    {
        var result = new T[x.Length];
        RmsNorm.Run(x, norm, _epsilon, result);
        return result;
    }

    private static void Add(T[] x, T[] y)
    {
        for (int i = 0; i < x.Length; i++) x[i] += y[i];
    }
}
