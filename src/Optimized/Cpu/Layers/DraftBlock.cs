using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Memory;
using Gdn.Reference.Models;

namespace Gdn.Optimized.Cpu.Layers;

/// <summary>
/// A draft layer: the embedding of each token and the hidden state of the token before it are projected to one input of a
/// full-attention layer.
/// </summary>
internal sealed class DraftBlock
{
    private readonly DraftLayerWeights<float> _weights;
    private readonly float _epsilon;
    private readonly Projection _embedding, _projection, _output;
    private readonly AttentionBlock _mixer;
    private readonly IBlock _feedForward;

    /// <summary>Makes the layer.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="number">j: draft layers before it. Tokens at positions up to j have no hidden state to be paired with.</param>
    /// <param name="store">Its keys and values.</param>
    /// <param name="maxTokens">Tokens of the longest run.</param>
    public DraftBlock(ModelConfig config, DraftLayerWeights<float> weights, int number, KeyValueStore store, int maxTokens)
    {
        _weights = weights;
        _epsilon = (float)config.NormEpsilon;
        _embedding = Projection.Of(weights.TokenEmbedding);
        _projection = Projection.Of(weights.Projection);
        _output = Projection.Of(weights.Output);
        _mixer = new AttentionBlock(
            config.Attention, (AttentionWeights<float>)weights.Layer.Mixer, _epsilon, store, firstPosition: number + 1);
        _feedForward = LayerBlocks.FeedForward(config, weights.Layer.FeedForward, maxTokens);
    }

    /// <summary>V.</summary>
    public int Vocabulary => _output.Rows;

    /// <summary>Runs over all tokens of a run.</summary>
    /// <param name="before">Hidden state of the token before each: <c>[n_tokens, E]</c>.</param>
    /// <param name="y">Receives the hidden states <c>[n_tokens, E]</c>; anything for positions up to j.</param>
    public void Run(in RunContext run, ReadOnlySpan<float> before, Span<float> y)
    {
        int mark = run.Scratch.Mark;
        Span<float> normalised = run.Scratch.Take(y.Length), change = run.Scratch.Take(y.Length);
        Pair(run, before, y);
        LayerBlocks.Add(_mixer, _weights.Layer.MixerNorm, _epsilon, run, y, normalised, change);
        LayerBlocks.Add(_feedForward, _weights.Layer.FeedForwardNorm, _epsilon, run, y, normalised, change);
        RmsNormKernel.Run(y, _weights.OutputNorm, _epsilon, y);
        run.Scratch.Release(mark);
    }

    /// <summary>Takes all tokens of a run, whose hidden states nobody wants.</summary>
    /// <param name="before">Hidden state of the token before each: <c>[n_tokens, E]</c>.</param>
    public void Take(in RunContext run, ReadOnlySpan<float> before)
    {
        int mark = run.Scratch.Mark;
        Span<float> x = run.Scratch.Take(before.Length);
        Pair(run, before, x);
        RmsNormKernel.Run(x, _weights.Layer.MixerNorm, _epsilon, x);
        _mixer.Append(run, x);
        run.Scratch.Release(mark);
    }

    /// <summary>Logits <c>[n, V]</c> of hidden states <c>[n, E]</c>.</summary>
    public void Logits(in RunContext run, ReadOnlySpan<float> hidden, Span<float> logits) => _output.Run(hidden, logits, run.Workers);

    private void Pair(in RunContext run, ReadOnlySpan<float> before, Span<float> x)
    {
        int length = _projection.Rows, mark = run.Scratch.Mark;
        Span<float> pairs = run.Scratch.Take(2 * before.Length);
        for (int t = 0; t < run.Layout.TokenCount; t++)
        {
            Span<float> pair = pairs.Slice(2 * t * length, 2 * length), embedding = pair[..length];
            _embedding.CopyRow(run.Layout.Tokens[t], embedding);
            RmsNormKernel.Run(embedding, _weights.EmbeddingNorm, _epsilon, embedding);
            RmsNormKernel.Run(before.Slice(t * length, length), _weights.HiddenNorm, _epsilon, pair[length..]);
        }

        _projection.Run(pairs, x, run.Workers);
        run.Scratch.Release(mark);
    }
}
