using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>
/// Small random models as F32 GGUF files that real engines load: same keys, tensors and tokenizer as the real families.
/// The same seed gives the same bytes.
/// </summary>
/// <remarks>
/// The weights are scaled so that mistakes show: logits have a standard deviation near 3, gates decay between about 0.1%
/// and 50% per token, so that what was read long ago still counts in some heads and is gone in others.
/// Sources: llama.cpp <c>src/models/{qwen35,qwen35moe,qwen3next,qwen3moe}.cpp</c>, <c>gguf-py/gguf/constants.py</c>.
/// </remarks>
public sealed class SyntheticModel
{
    internal const double LogitSize = 3;

    private readonly Architecture _architecture;
    private readonly SyntheticSizes _sizes;
    private readonly GgufWriter _file = new();
    private readonly RandomTensors _tensors;

    private SyntheticModel(Architecture architecture, SyntheticSizes sizes, int seed)
    {
        _architecture = architecture;
        _sizes = sizes;
        _tensors = new RandomTensors(_file, seed);
    }

    private bool Hybrid => _architecture != Architecture.Qwen3Moe;

    private bool Dense => _architecture == Architecture.Qwen35;

    /// <summary>Makes a model; nothing is written yet.</summary>
    /// <param name="architecture">Its family.</param>
    /// <param name="sizes">Its sizes.</param>
    /// <param name="seed">Of its weights.</param>
    /// <exception cref="InputException">The family cannot have such sizes.</exception>
    public static GgufWriter Create(Architecture architecture, SyntheticSizes sizes, int seed)
    {
        if (sizes.DraftLayers > 0 && architecture is not (Architecture.Qwen35 or Architecture.Qwen35Moe))
            throw new InputException("--mtp", $"{ArchitectureNames.Of(architecture)} has no draft layer", "use qwen35 or qwen35moe");

        if (architecture == Architecture.KimiLinear) return SyntheticKimiLinear.Create(sizes, seed);

        var model = new SyntheticModel(architecture, sizes, seed);
        model.AddMetadata(seed);
        SyntheticVocabulary.AddTo(model._file);
        model.AddTensors();
        return model._file;
    }

    private void AddMetadata(int seed)
    {
        string name = ArchitectureNames.Of(_architecture);
        void Size(string key, int value) => _file.Add($"{name}.{key}", (uint)value);

        _file.Add("general.architecture", name);
        _file.Add("general.name", $"synthetic {name}, seed {seed}");

        Size("block_count", _sizes.Layers + _sizes.DraftLayers);
        Size("context_length", _sizes.ContextLength);
        Size("embedding_length", _sizes.Embedding);
        Size("feed_forward_length", _sizes.FeedForward);
        Size("attention.head_count", _sizes.AttentionHeads);
        Size("attention.head_count_kv", _sizes.KeyValueHeads);
        Size("attention.key_length", _sizes.AttentionDim);
        Size("attention.value_length", _sizes.AttentionDim);
        _file.Add($"{name}.attention.layer_norm_rms_epsilon", 1e-6f);
        // qwen3moe rotates whole heads; its loader insists.
        Size("rope.dimension_count", Hybrid ? _sizes.RopeDimensions : _sizes.AttentionDim);
        _file.Add($"{name}.rope.freq_base", 1e7f);

        // Time, height and width share the rotated pairs; for text all three are the position.
        if (_architecture is Architecture.Qwen35 or Architecture.Qwen35Moe)
            _file.Add($"{name}.rope.dimension_sections", _sizes.RopeSections);

        if (Hybrid)
        {
            Size("ssm.conv_kernel", _sizes.ConvWidth);
            Size("ssm.state_size", _sizes.HeadDim);
            Size("ssm.group_count", _sizes.KeyHeads);
            Size("ssm.time_step_rank", _sizes.ValueHeads);
            Size("ssm.inner_size", _sizes.ValueLength);
            Size("full_attention_interval", _sizes.FullAttentionInterval);
        }

        if (!Dense)
        {
            Size("expert_count", _sizes.Experts);
            Size("expert_used_count", _sizes.ExpertsUsed);
            Size("expert_feed_forward_length", _sizes.ExpertFeedForward);
            if (Hybrid) Size("expert_shared_feed_forward_length", _sizes.SharedFeedForward);
        }

        if (_sizes.DraftLayers > 0) Size("nextn_predict_layers", _sizes.DraftLayers);
    }

    private void AddTensors()
    {
        int embedding = _sizes.Embedding;
        _tensors.Add("token_embd.weight", [embedding, SyntheticVocabulary.Size], -1, 1);
        for (int layer = 0; layer < _sizes.Layers; layer++)
            AddLayer($"blk.{layer}", linear: Hybrid && (layer + 1) % _sizes.FullAttentionInterval != 0);
        for (int layer = _sizes.Layers; layer < _sizes.Layers + _sizes.DraftLayers; layer++)
            AddDraftLayer($"blk.{layer}");
        _tensors.Norm("output_norm.weight", embedding);
        _tensors.Projection("output.weight", embedding, SyntheticVocabulary.Size, LogitSize);
    }

    private void AddLayer(string layer, bool linear)
    {
        _tensors.Norm($"{layer}.attn_norm.weight", _sizes.Embedding);
        if (linear) AddDeltaNet(layer);
        else AddAttention(layer);
        _tensors.Norm($"{layer}.{(Hybrid ? "post_attention_norm" : "ffn_norm")}.weight", _sizes.Embedding);
        if (Dense) AddFeedForward(layer, "", _sizes.FeedForward);
        else AddExperts(layer);
    }

    private void AddDraftLayer(string layer)
    {
        AddLayer(layer, linear: false);
        _tensors.Projection($"{layer}.nextn.eh_proj.weight", 2 * _sizes.Embedding, _sizes.Embedding);
        _tensors.Norm($"{layer}.nextn.enorm.weight", _sizes.Embedding);
        _tensors.Norm($"{layer}.nextn.hnorm.weight", _sizes.Embedding);
        _tensors.Norm($"{layer}.nextn.shared_head_norm.weight", _sizes.Embedding);
    }

    private void AddAttention(string layer)
    {
        int embedding = _sizes.Embedding, dim = _sizes.AttentionDim;
        int queries = _sizes.AttentionHeads * dim, keys = _sizes.KeyValueHeads * dim;

        // In the hybrid families each query head carries its output gate.
        _tensors.Projection($"{layer}.attn_q.weight", embedding, Hybrid ? 2 * queries : queries);
        _tensors.Projection($"{layer}.attn_k.weight", embedding, keys);
        _tensors.Projection($"{layer}.attn_v.weight", embedding, keys);
        _tensors.Norm($"{layer}.attn_q_norm.weight", dim);
        _tensors.Norm($"{layer}.attn_k_norm.weight", dim);
        _tensors.Projection($"{layer}.attn_output.weight", queries, embedding, gain: 2);
    }

    private void AddDeltaNet(string layer)
    {
        int embedding = _sizes.Embedding, heads = _sizes.ValueHeads;
        _tensors.Projection($"{layer}.attn_qkv.weight", embedding, _sizes.ConvChannels);
        _tensors.Projection($"{layer}.attn_gate.weight", embedding, _sizes.ValueLength, gain: 2);
        _tensors.Add($"{layer}.ssm_conv1d.weight", [_sizes.ConvWidth, _sizes.ConvChannels], -1, 1);
        if (_architecture == Architecture.Qwen3Next)
        {
            _tensors.Projection($"{layer}.ssm_ba.weight", embedding, 2 * heads);
        }
        else
        {
            _tensors.Projection($"{layer}.ssm_beta.weight", embedding, heads);
            _tensors.Projection($"{layer}.ssm_alpha.weight", embedding, heads);
        }

        AddDecay(layer, heads);
        _tensors.Norm($"{layer}.ssm_norm.weight", _sizes.HeadDim);
        _tensors.Projection($"{layer}.ssm_out.weight", _sizes.ValueLength, embedding, gain: 2);
    }

    // A head forgets exp(A_log) softplus(a + bias) per token, a being of size 1: with these biases about 0.001 in the
    // first head and 0.5 in the last.
    private void AddDecay(string layer, int heads)
    {
        var bias = new float[heads];
        for (int h = 0; h < heads; h++) bias[h] = -7 + 6.5f * h / Math.Max(1, heads - 1);
        _tensors.Add($"{layer}.ssm_a", [heads], -1.5, -0.5);
        _file.Add($"{layer}.ssm_dt.bias", [heads], bias);
    }

    private void AddExperts(string layer)
    {
        int embedding = _sizes.Embedding, experts = _sizes.Experts, hidden = _sizes.ExpertFeedForward;
        _tensors.Projection($"{layer}.ffn_gate_inp.weight", embedding, experts, gain: 2);
        _tensors.Projections($"{layer}.ffn_gate_exps.weight", embedding, hidden, experts);
        _tensors.Projections($"{layer}.ffn_up_exps.weight", embedding, hidden, experts);
        _tensors.Projections($"{layer}.ffn_down_exps.weight", hidden, embedding, experts);
        if (!Hybrid) return;

        _tensors.Add($"{layer}.ffn_gate_inp_shexp.weight", [embedding], -0.2, 0.2);
        AddFeedForward(layer, "_shexp", _sizes.SharedFeedForward);
    }

    private void AddFeedForward(string layer, string suffix, int hidden)
    {
        _tensors.Projection($"{layer}.ffn_gate{suffix}.weight", _sizes.Embedding, hidden);
        _tensors.Projection($"{layer}.ffn_up{suffix}.weight", _sizes.Embedding, hidden);
        _tensors.Projection($"{layer}.ffn_down{suffix}.weight", hidden, _sizes.Embedding);
    }
}
