using Gdn.Reference.Gguf;
using Gdn.Reference.Models;

namespace Gdn.Harness.Models;

/// <summary>
/// Small random models of kimi-linear as F32 GGUF files, made like those of <see cref="SyntheticModel"/>. The first layer is
/// dense; the value heads of the sizes are the heads of both kinds of layers.
/// </summary>
/// <remarks>Source: llama.cpp <c>src/models/kimi-linear.cpp</c>.</remarks>
internal sealed class SyntheticKimiLinear
{
    private const int DenseLayers = 1;

    // Of llama.cpp's kinds of expert routing.
    private const uint SigmoidGating = 2;

    private readonly SyntheticSizes _sizes;
    private readonly GgufWriter _file = new();
    private readonly RandomTensors _tensors;

    private SyntheticKimiLinear(SyntheticSizes sizes, int seed)
    {
        _sizes = sizes;
        _tensors = new RandomTensors(_file, seed);
    }

    private int Heads => _sizes.ValueHeads;

    private int Shared => _sizes.RopeDimensions;

    private int Rank => _sizes.RopeDimensions * 3 / 2;

    private int LinearLength => Heads * _sizes.HeadDim;

    /// <summary>Makes a model; nothing is written yet.</summary>
    public static GgufWriter Create(SyntheticSizes sizes, int seed)
    {
        var model = new SyntheticKimiLinear(sizes, seed);
        model.AddMetadata(seed);
        SyntheticVocabulary.AddTo(model._file);
        model.AddTensors();
        return model._file;
    }

    private bool IsLinear(int layer) => (layer + 1) % _sizes.FullAttentionInterval != 0;

    private void AddMetadata(int seed)
    {
        string name = ArchitectureNames.Of(Architecture.KimiLinear);
        void Size(string key, int value) => _file.Add($"{name}.{key}", (uint)value);

        _file.Add("general.architecture", name);
        _file.Add("general.name", $"synthetic {name}, seed {seed}");

        Size("block_count", _sizes.Layers);
        Size("context_length", _sizes.ContextLength);
        Size("embedding_length", _sizes.Embedding);
        Size("feed_forward_length", _sizes.FeedForward);
        _file.Add($"{name}.attention.layer_norm_rms_epsilon", 1e-6f);

        Size("attention.head_count", Heads);
        _file.Add($"{name}.attention.head_count_kv", (int[])[.. Enumerable.Range(0, _sizes.Layers).Select(i => IsLinear(i) ? 0 : 1)]);
        Size("attention.kv_lora_rank", Rank);
        Size("attention.key_length", Rank + Shared);
        Size("attention.value_length", Rank);
        Size("attention.key_length_mla", _sizes.AttentionDim);
        Size("attention.value_length_mla", _sizes.HeadDim);
        Size("rope.dimension_count", Shared);
        Size("ssm.conv_kernel", _sizes.ConvWidth);
        Size("kda.head_dim", _sizes.HeadDim);

        Size("leading_dense_block_count", DenseLayers);
        Size("expert_count", _sizes.Experts);
        Size("expert_used_count", _sizes.ExpertsUsed);
        Size("expert_feed_forward_length", _sizes.ExpertFeedForward);
        Size("expert_shared_count", 1);
        _file.Add($"{name}.expert_gating_func", SigmoidGating);
        _file.Add($"{name}.expert_weights_scale", 2.5f);
    }

    private void AddTensors()
    {
        int embedding = _sizes.Embedding;
        _tensors.Add("token_embd.weight", [embedding, SyntheticVocabulary.Size], -1, 1);
        for (int layer = 0; layer < _sizes.Layers; layer++)
        {
            string prefix = $"blk.{layer}";
            _tensors.Norm($"{prefix}.attn_norm.weight", embedding);
            if (IsLinear(layer)) AddLinear(prefix);
            else AddAttention(prefix);
            _tensors.Norm($"{prefix}.ffn_norm.weight", embedding);
            if (layer < DenseLayers) AddFeedForward(prefix, "", _sizes.FeedForward);
            else AddExperts(prefix);
        }

        _tensors.Norm("output_norm.weight", embedding);
        _tensors.Projection("output.weight", embedding, SyntheticVocabulary.Size, SyntheticModel.LogitSize);
    }

    private void AddLinear(string layer)
    {
        int embedding = _sizes.Embedding, dim = _sizes.HeadDim;
        foreach (string part in (string[])["q", "k", "v"])
        {
            _tensors.Projection($"{layer}.attn_{part}.weight", embedding, LinearLength);
            _tensors.Add($"{layer}.ssm_conv1d_{part}.weight", [_sizes.ConvWidth, 1, LinearLength, 1], -1, 1);
        }

        _tensors.Projection($"{layer}.ssm_f_a.weight", embedding, dim);
        _tensors.Projection($"{layer}.ssm_f_b.weight", dim, LinearLength);
        _tensors.Projection($"{layer}.ssm_beta.weight", embedding, Heads);
        _tensors.Add($"{layer}.ssm_a", [1, Heads, 1, 1], -1.5, -0.5);
        // As in other families, but along the channels of every head.
        _tensors.Add($"{layer}.ssm_dt.bias", [LinearLength], -7, -0.5);
        _tensors.Projection($"{layer}.ssm_g_a.weight", embedding, dim);
        _tensors.Projection($"{layer}.ssm_g_b.weight", dim, LinearLength, gain: 2);
        _tensors.Norm($"{layer}.ssm_norm.weight", dim);
        _tensors.Projection($"{layer}.attn_output.weight", LinearLength, embedding, gain: 2);
    }

    private void AddAttention(string layer)
    {
        int embedding = _sizes.Embedding, own = _sizes.AttentionDim - Shared, values = _sizes.HeadDim;
        _tensors.Projection($"{layer}.attn_q.weight", embedding, Heads * _sizes.AttentionDim);
        _tensors.Projection($"{layer}.attn_kv_a_mqa.weight", embedding, Rank + Shared);
        _tensors.Norm($"{layer}.attn_kv_a_norm.weight", Rank);
        _tensors.Projections($"{layer}.attn_k_b.weight", own, Rank, Heads);
        _tensors.Projections($"{layer}.attn_v_b.weight", Rank, values, Heads);
        _tensors.Projection($"{layer}.attn_output.weight", Heads * values, embedding, gain: 2);
    }

    private void AddExperts(string layer)
    {
        int embedding = _sizes.Embedding, experts = _sizes.Experts, hidden = _sizes.ExpertFeedForward;
        _tensors.Projection($"{layer}.ffn_gate_inp.weight", embedding, experts, gain: 2);
        _tensors.Add($"{layer}.exp_probs_b.bias", [experts], -0.2, 0.2);
        _tensors.Projections($"{layer}.ffn_gate_exps.weight", embedding, hidden, experts);
        _tensors.Projections($"{layer}.ffn_up_exps.weight", embedding, hidden, experts);
        _tensors.Projections($"{layer}.ffn_down_exps.weight", hidden, embedding, experts);
        AddFeedForward(layer, "_shexp", hidden);
    }

    private void AddFeedForward(string layer, string suffix, int hidden)
    {
        _tensors.Projection($"{layer}.ffn_gate{suffix}.weight", _sizes.Embedding, hidden);
        _tensors.Projection($"{layer}.ffn_up{suffix}.weight", _sizes.Embedding, hidden);
        _tensors.Projection($"{layer}.ffn_down{suffix}.weight", hidden, _sizes.Embedding);
    }
}
