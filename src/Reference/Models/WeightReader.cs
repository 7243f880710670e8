using System.Numerics;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads a model's weights, from whatever tensors its file has them in.</summary>
internal sealed class WeightReader<T>(TensorReader<T> tensors, ModelConfig config) where T : IFloatingPointIeee754<T>
{
    /// <summary>Reads the trunk, and the draft layers where the file has them.</summary>
    /// <exception cref="InputException">A tensor is missing, misshapen or of an unsupported type.</exception>
    public ModelWeights<T> Read()
    {
        int e = config.Embedding, v = config.Vocabulary;
        Matrix<T> embedding = tensors.Matrix("token_embd.weight", v, e);
        Matrix<T> output = tensors.Has("output.weight") ? tensors.Matrix("output.weight", v, e) : embedding;
        LayerWeights<T>[] layers = [.. Enumerable.Range(0, config.Layers).Select(Layer)];
        var trunk = new ModelWeights<T>(embedding, layers, tensors.Vector("output_norm.weight", e), output);
        return trunk with { DraftLayers = DraftLayers(trunk) };
    }

    // Some exports keep the key that counts them, but leave the layers out.
    private DraftLayerWeights<T>[] DraftLayers(ModelWeights<T> trunk)
    {
        int[] blocks = [.. Enumerable.Range(config.Layers, config.DraftLayers)];
        return config.Attention.Latent is null && blocks.All(block => tensors.Has($"blk.{block}.nextn.eh_proj.weight"))
            ? [.. blocks.Select(block => DraftLayer(block, trunk))]
            : [];
    }

    private DraftLayerWeights<T> DraftLayer(int block, ModelWeights<T> trunk)
    {
        int e = config.Embedding, v = config.Vocabulary;
        string prefix = $"blk.{block}.nextn.";
        Matrix<T> Own(string name, Matrix<T> shared) => tensors.Has(prefix + name) ? tensors.Matrix(prefix + name, v, e) : shared;
        string norm = prefix + "shared_head_norm.weight";
        return new DraftLayerWeights<T>(
            tensors.Vector(prefix + "enorm.weight", e),
            tensors.Vector(prefix + "hnorm.weight", e),
            tensors.Matrix(prefix + "eh_proj.weight", e, 2 * e),
            Layer(block),
            tensors.Has(norm) ? tensors.Vector(norm, e) : trunk.OutputNorm,
            Own("embed_tokens.weight", trunk.TokenEmbedding),
            Own("shared_head_head.weight", trunk.Output));
    }

    private LayerWeights<T> Layer(int index)
    {
        string prefix = $"blk.{index}.";
        bool isPlain = config.Architecture is Architecture.Qwen3Moe or Architecture.KimiLinear;
        return new LayerWeights<T>(
            tensors.Vector(prefix + "attn_norm.weight", config.Embedding),
            Mixer(prefix, recurrent: index < config.Layers && config.RecurrentLayers[index]),
            tensors.Vector(prefix + (isPlain ? "ffn_norm.weight" : "post_attention_norm.weight"), config.Embedding),
            config.Experts is { } experts && index >= config.DenseLayers ? Experts(prefix, experts) : Dense(prefix));
    }

    private MixerWeights<T> Mixer(string prefix, bool recurrent)
    {
        if (config.Architecture != Architecture.KimiLinear)
            return recurrent ? DeltaNet(prefix, config.DeltaNet!) : Attention(prefix, config.Attention);
        var kimi = new KimiLinearMixers<T>(tensors, config);
        return recurrent ? kimi.Linear(prefix) : kimi.Attention(prefix);
    }

    private DeltaNetWeights<T> DeltaNet(string prefix, DeltaNetConfig sizes)
    {
        int e = config.Embedding;
        (Matrix<T> queryKeyValue, Matrix<T> outputGate) = QueryKeyValueGate(prefix, sizes);
        (Matrix<T> beta, Matrix<T> alpha) = BetaAlpha(prefix, sizes);
        return new DeltaNetWeights<T>(
            queryKeyValue,
            outputGate,
            beta,
            alpha,
            tensors.Vector(prefix + "ssm_conv1d.weight", sizes.ConvWidth, sizes.ConvChannels),
            tensors.Vector(prefix + "ssm_a", sizes.ValueHeads),
            // Some converters leave out that it is a bias.
            tensors.Vector(FirstOf(prefix + "ssm_dt.bias", prefix + "ssm_dt"), sizes.ValueHeads),
            tensors.Vector(prefix + "ssm_norm.weight", sizes.HeadDim),
            tensors.Matrix(prefix + "ssm_out.weight", e, sizes.ValueLength));
    }

    // The oldest files of qwen3next have one matrix: for each key head its rows of q and k, and then those of v and z of its
    // value heads.
    private (Matrix<T> QueryKeyValue, Matrix<T> OutputGate) QueryKeyValueGate(string prefix, DeltaNetConfig sizes)
    {
        int e = config.Embedding;
        string joint = prefix + "ssm_in.weight", separate = prefix + "attn_qkv.weight";
        if (config.Architecture != Architecture.Qwen3Next || !tensors.Has(joint) || tensors.Has(separate))
            return (tensors.Matrix(separate, sizes.ConvChannels, e),
                tensors.Matrix(prefix + "attn_gate.weight", sizes.ValueLength, e));

        int values = sizes.ValueLength / sizes.KeyHeads, perHead = 2 * sizes.HeadDim + 2 * values;
        Matrix<T> all = tensors.Matrix(joint, sizes.KeyHeads * perHead, e);
        IEnumerable<int> Part(int first, int count) => Blocks(sizes.KeyHeads, perHead, first, count);
        int[] queryKeyValue =
            [.. Part(0, sizes.HeadDim), .. Part(sizes.HeadDim, sizes.HeadDim), .. Part(2 * sizes.HeadDim, values)];
        return (all.TakeRows(queryKeyValue), all.TakeRows([.. Part(2 * sizes.HeadDim + values, values)]));
    }

    // qwen3next stores one matrix: for each key head, the beta rows of its value heads and then their alpha rows.
    private (Matrix<T> Beta, Matrix<T> Alpha) BetaAlpha(string prefix, DeltaNetConfig sizes)
    {
        int e = config.Embedding, heads = sizes.ValueHeads, perKeyHead = heads / sizes.KeyHeads;
        string joint = prefix + "ssm_ba.weight", separate = prefix + "ssm_beta.weight";
        if (config.Architecture != Architecture.Qwen3Next || tensors.Has(separate))
            return (tensors.Matrix(separate, heads, e), tensors.Matrix(prefix + "ssm_alpha.weight", heads, e));

        Matrix<T> all = tensors.Matrix(joint, 2 * heads, e);
        Matrix<T> Part(int first) => all.TakeRows([.. Blocks(sizes.KeyHeads, 2 * perKeyHead, first, perKeyHead)]);
        return (Part(0), Part(perKeyHead));
    }

    private AttentionWeights<T> Attention(string prefix, AttentionConfig sizes)
    {
        (Matrix<T> query, Matrix<T> key, Matrix<T> value) = QueryKeyValue(prefix, sizes);
        return new AttentionWeights<T>(
            query,
            key,
            value,
            tensors.Vector(prefix + "attn_q_norm.weight", sizes.KeyDim),
            tensors.Vector(prefix + "attn_k_norm.weight", sizes.KeyDim),
            tensors.Matrix(prefix + "attn_output.weight", config.Embedding, sizes.Heads * sizes.ValueDim));
    }

    // One tensor each, or one for all, one after the other.
    private (Matrix<T> Query, Matrix<T> Key, Matrix<T> Value) QueryKeyValue(string prefix, AttentionConfig sizes)
    {
        int e = config.Embedding, queries = sizes.Heads * sizes.KeyDim * (sizes.Gated ? 2 : 1);
        int keys = sizes.KeyValueHeads * sizes.KeyDim, values = sizes.KeyValueHeads * sizes.ValueDim;
        string joint = prefix + "attn_qkv.weight", separate = prefix + "attn_q.weight";
        if (!tensors.Has(joint) || tensors.Has(separate))
            return (tensors.Matrix(separate, queries, e), tensors.Matrix(prefix + "attn_k.weight", keys, e),
                tensors.Matrix(prefix + "attn_v.weight", values, e));

        Matrix<T> all = tensors.Matrix(joint, queries + keys + values, e);
        return (Range(all, 0, queries), Range(all, queries, keys), Range(all, queries + keys, values));
    }

    private DenseWeights<T> Dense(string prefix, string suffix = "")
    {
        string gate = $"{prefix}ffn_gate{suffix}.weight";
        int e = config.Embedding, f = tensors.Outputs(gate);
        return new DenseWeights<T>(
            tensors.Matrix(gate, f, e), tensors.Matrix($"{prefix}ffn_up{suffix}.weight", f, e),
            tensors.Matrix($"{prefix}ffn_down{suffix}.weight", e, f));
    }

    private ExpertWeights<T> Experts(string prefix, ExpertConfig sizes)
    {
        int e = config.Embedding;
        (Matrix<T>[] gates, Matrix<T>[] ups) = GatesAndUps(prefix, sizes.Count);
        Matrix<T>[] downs = tensors.Stack(prefix + "ffn_down_exps.weight", sizes.Count, e, gates[0].Rows);
        bool shared = tensors.Has(prefix + "ffn_gate_shexp.weight");
        return new ExpertWeights<T>(
            tensors.Matrix(prefix + "ffn_gate_inp.weight", sizes.Count, e),
            [.. gates.Select((gate, i) => new DenseWeights<T>(gate, ups[i], downs[i]))],
            shared ? Dense(prefix, "_shexp") : null,
            shared && !sizes.BySigmoid ? new Matrix<T>(1, e, tensors.Vector(prefix + "ffn_gate_inp_shexp.weight", e)) : null)
        {
            SelectionBias = sizes.BySigmoid ? tensors.Vector(prefix + "exp_probs_b.bias", sizes.Count) : [],
        };
    }

    // Two tensors, or one with each expert's gate before its other matrix. The feed-forward length is not always among the
    // metadata: the tensor's second dimension says it.
    private (Matrix<T>[] Gates, Matrix<T>[] Ups) GatesAndUps(string prefix, int count)
    {
        int e = config.Embedding;
        string joint = prefix + "ffn_gate_up_exps.weight", separate = prefix + "ffn_gate_exps.weight";
        if (!tensors.Has(joint) || tensors.Has(separate))
        {
            int f = tensors.Outputs(separate);
            return (tensors.Stack(separate, count, f, e), tensors.Stack(prefix + "ffn_up_exps.weight", count, f, e));
        }

        int half = tensors.Outputs(joint) / 2;
        Matrix<T>[] both = tensors.Stack(joint, count, 2 * half, e);
        return ([.. both.Select(expert => Range(expert, 0, half))], [.. both.Select(expert => Range(expert, half, half))]);
    }

    // The usual name, unless only the other is there.
    private string FirstOf(string usual, string other) => tensors.Has(other) && !tensors.Has(usual) ? other : usual;

    private static Matrix<T> Range(Matrix<T> matrix, int first, int count) =>
        matrix.TakeRows([.. Enumerable.Range(first, count)]);

    // Of blocks of that many rows, rows [first, first + count) of each.
    private static IEnumerable<int> Blocks(int blocks, int rows, int first, int count) =>
        Enumerable.Range(0, blocks).SelectMany(block => Enumerable.Range(block * rows + first, count));
}
