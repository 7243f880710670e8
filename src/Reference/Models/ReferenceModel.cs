using System.Numerics;
using Gdn.Reference.Operators;
using Gdn.Reference.State;

namespace Gdn.Reference.Models;

/// <summary>
/// The scalar reference of a whole model: one sequence at a time, one layer after the other, written once for every
/// floating-point type. In <see cref="double"/> it is the oracle; in <see cref="float"/> it shows how much of a
/// difference rounding alone explains.
/// </summary>
/// <remarks>It does no batching, no caching of plans, and keeps no state of its own.</remarks>
/// <param name="config">Sizes.</param>
/// <param name="weights">Weights.</param>
/// <param name="states">How delta-rule states are kept from pass to pass.</param>
/// <param name="caches">How keys and values are kept.</param>
public sealed class ReferenceModel<T>(
    ModelConfig config, ModelWeights<T> weights, StateFormat states = StateFormat.F32, StateFormat caches = StateFormat.F32)
    where T : IFloatingPointIeee754<T>
{
    private readonly T _epsilon = T.CreateChecked(config.NormEpsilon);
    private readonly DraftHead<T> _head = new(config, weights);

    /// <summary>Sizes.</summary>
    public ModelConfig Config => config;

    /// <summary>The same model with states, and keys and values, kept in other formats.</summary>
    public ReferenceModel<T> Keeping(StateFormat stateFormat, StateFormat cacheFormat = StateFormat.F32) =>
        new(config, weights, stateFormat, cacheFormat);

    /// <summary>The model that ends after its first layers: their hidden states go to the output norm and projection.</summary>
    public ReferenceModel<T> First(int layers) => new(config.First(layers), weights.First(layers), states, caches);

    /// <summary>D: draft layers that it can be drafted with; 0 where the file has none.</summary>
    public int DraftLayers => weights.DraftLayers.Count;

    /// <summary>The state before the first token.</summary>
    /// <param name="planes">P: states kept after each pass; up to P - 1 tokens can be rolled back.</param>
    /// <param name="drafts">Whether the draft layers follow the sequence too, as <see cref="Draft"/> requires.</param>
    public SequenceState NewState(int planes = 1, bool drafts = false)
    {
        IEnumerable<ILayerState> layers = config.RecurrentLayers.Select(recurrent => Layer(recurrent, planes));
        return new(drafts ? layers.Append(new DraftState<T>(weights.DraftLayers.Select(_ => Cache()))) : layers, planes);
    }

    /// <summary>Carries one sequence over a run of tokens.</summary>
    /// <param name="state">The sequence's state, from <see cref="NewState"/>; advanced.</param>
    /// <param name="tokens">Token ids, T of them.</param>
    /// <param name="routerMargins">
    /// Receives, per token, the smallest routing margin over the layers (<see cref="ExpertRouting{T}"/>); infinite in a
    /// model without experts. <c>[T]</c> or empty.
    /// </param>
    /// <returns>The normalised hidden states <c>[T, E]</c>, from which <see cref="Logits"/> makes logits.</returns>
    public T[] Forward(SequenceState state, ReadOnlySpan<int> tokens, Span<T> routerMargins = default)
    {
        int embedding = config.Embedding;
        var x = new T[tokens.Length * embedding];
        for (int t = 0; t < tokens.Length; t++)
            weights.TokenEmbedding.Row(tokens[t]).CopyTo(x.AsSpan(t * embedding));
        routerMargins.Fill(T.PositiveInfinity);

        for (int layer = 0; layer < config.Layers; layer++)
        {
            LayerWeights<T> w = weights.Layers[layer];
            Add(x, Mix(w.Mixer, Normalise(x, w.MixerNorm), state, layer));

            T[] normalised = Normalise(x, w.FeedForwardNorm);
            for (int t = 0; t < tokens.Length; t++)
            {
                ReadOnlySpan<T> row = normalised.AsSpan(t * embedding, embedding);
                Add(
                    x.AsSpan(t * embedding, embedding),
                    FeedForwardLayer.Run(config.Experts, w.FeedForward, row, out T margin));
                if (!routerMargins.IsEmpty) routerMargins[t] = T.Min(routerMargins[t], margin);
            }
        }

        for (int layer = 0; layer < config.Layers; layer++) (state[layer] as RecurrentState<T>)?.Store(states);
        T[] hidden = Normalise(x, weights.OutputNorm);
        if (DraftStateOf(state) is { } drafts)
            for (int t = 0; t < tokens.Length; t++) _head.Read(drafts, tokens[t], hidden[(t * embedding)..((t + 1) * embedding)]);
        state.Advance(tokens.Length);
        return hidden;
    }

    /// <summary>The draft layers' part of a sequence's state; null where they do not follow the sequence.</summary>
    public DraftState<T>? DraftStateOf(SequenceState state) =>
        state.Count > config.Layers ? (DraftState<T>)state[config.Layers] : null;

    /// <summary>Carries the draft layers one token further than the trunk.</summary>
    /// <param name="state">A copy of <see cref="DraftStateOf"/>, to go on with in the next step; advanced.</param>
    /// <param name="token">The token.</param>
    /// <param name="step">How many tokens they are ahead before it.</param>
    /// <param name="logits">Receives what they expect after it: <c>[V]</c>.</param>
    public void Draft(DraftState<T> state, int token, int step, Span<T> logits) => _head.Draft(state, token, step, logits);

    /// <summary>Logits <c>[V]</c> of one hidden state <c>[E]</c>.</summary>
    public void Logits(ReadOnlySpan<T> hidden, Span<T> logits) => Linear.Run(weights.Output, hidden, logits);

    private ILayerState Layer(bool recurrent, int planes) => recurrent
        ? new RecurrentState<T>(config.DeltaNet!.ConvStateLength, config.DeltaNet.DeltaStateLength, planes)
        : Cache();

    private KeyValueCache<T> Cache() => new(
        config.Attention.KeyValueHeads * config.Attention.KeyDim,
        config.Attention.KeyValueHeads * config.Attention.ValueDim, caches);

    private T[] Mix(MixerWeights<T> mixer, T[] x, SequenceState state, int layer) => mixer is DeltaNetWeights<T> linear
        ? DeltaNetLayer.Run(config.DeltaNet!, linear, _epsilon, x, (RecurrentState<T>)state[layer])
        : FullAttentionLayer.Run(config.Attention, mixer, _epsilon, state.NextPosition, x, (KeyValueCache<T>)state[layer]);

    private T[] Normalise(T[] x, T[] norm)
    {
        var result = new T[x.Length];
        RmsNorm.Run(x, norm, _epsilon, result);
        return result;
    }

    private static void Add(Span<T> x, ReadOnlySpan<T> y)
    {
        for (int i = 0; i < x.Length; i++) x[i] += y[i];
    }
}
