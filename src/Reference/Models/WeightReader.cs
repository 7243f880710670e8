using System.Numerics;
using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads a model's weights, each checked against the shape that the sizes require.</summary>
internal sealed class WeightReader<T>(GgufFile file, ModelConfig config) where T : IFloatingPointIeee754<T>
{
    /// <summary>Reads the trunk.</summary>
    /// <exception cref="InputException">A tensor is missing, misshapen or of an unsupported type.</exception>
    public ModelWeights<T> Read()
    {
        int e = config.Embedding, v = config.Vocabulary;
        Matrix<T> embedding = Matrix("token_embd.weight", v, e);
        Matrix<T> output = file.Tensors.ContainsKey("output.weight") ? Matrix("output.weight", v, e) : embedding;
        LayerWeights<T>[] layers = [.. Enumerable.Range(0, config.Layers).Select(Layer)];
        return new ModelWeights<T>(embedding, layers, Vector("output_norm.weight", e), output);
    }

    private LayerWeights<T> Layer(int index)
    {
        string prefix = $"blk.{index}.";
        bool isControl = config.Architecture == Architecture.Qwen3Moe;
        return new LayerWeights<T>(
            Vector(prefix + "attn_norm.weight", config.Embedding),
            config.RecurrentLayers[index] ? DeltaNet(prefix, config.DeltaNet!) : Attention(prefix, config.Attention),
            Vector(prefix + (isControl ? "ffn_norm.weight" : "post_attention_norm.weight"), config.Embedding),
            config.Experts is { } experts ? Experts(prefix, experts) : Dense(prefix));
    }

    private DeltaNetWeights<T> DeltaNet(string prefix, DeltaNetConfig sizes)
    {
        int e = config.Embedding;
        (Matrix<T> beta, Matrix<T> alpha) = config.Architecture == Architecture.Qwen3Next
            ? SplitBetaAlpha(Matrix(prefix + "ssm_ba.weight", 2 * sizes.ValueHeads, e), sizes)
            : (Matrix(prefix + "ssm_beta.weight", sizes.ValueHeads, e),
                Matrix(prefix + "ssm_alpha.weight", sizes.ValueHeads, e));
        return new DeltaNetWeights<T>(
            Matrix(prefix + "attn_qkv.weight", sizes.ConvChannels, e),
            Matrix(prefix + "attn_gate.weight", sizes.ValueLength, e),
            beta,
            alpha,
            Matrix(prefix + "ssm_conv1d.weight", sizes.ConvChannels, sizes.ConvWidth).Data,
            Vector(prefix + "ssm_a", sizes.ValueHeads),
            Vector(prefix + "ssm_dt.bias", sizes.ValueHeads),
            Vector(prefix + "ssm_norm.weight", sizes.HeadDim),
            Matrix(prefix + "ssm_out.weight", e, sizes.ValueLength));
    }

    // qwen3next stores one matrix: for each key head, the beta rows of its value heads and then their alpha rows.
    private static (Matrix<T> Beta, Matrix<T> Alpha) SplitBetaAlpha(Matrix<T> joint, DeltaNetConfig sizes)
    {
        int perKeyHead = sizes.ValueHeads / sizes.KeyHeads;
        Matrix<T> Rows(int offset) => new(sizes.ValueHeads, joint.Columns, [.. Enumerable.Range(0, sizes.ValueHeads)
            .SelectMany(h => joint.Row(h / perKeyHead * 2 * perKeyHead + offset + h % perKeyHead).ToArray())]);
        return (Rows(0), Rows(perKeyHead));
    }

    private AttentionWeights<T> Attention(string prefix, AttentionConfig sizes)
    {
        int e = config.Embedding, queryRows = sizes.Heads * sizes.KeyDim * (sizes.Gated ? 2 : 1);
        return new AttentionWeights<T>(
            Matrix(prefix + "attn_q.weight", queryRows, e),
            Matrix(prefix + "attn_k.weight", sizes.KeyValueHeads * sizes.KeyDim, e),
            Matrix(prefix + "attn_v.weight", sizes.KeyValueHeads * sizes.ValueDim, e),
            Vector(prefix + "attn_q_norm.weight", sizes.KeyDim),
            Vector(prefix + "attn_k_norm.weight", sizes.KeyDim),
            Matrix(prefix + "attn_output.weight", e, sizes.Heads * sizes.ValueDim));
    }

    private DenseWeights<T> Dense(string prefix, string suffix = "")
    {
        string gate = $"{prefix}ffn_gate{suffix}.weight";
        int e = config.Embedding, f = Outputs(gate);
        return new DenseWeights<T>(
            Matrix(gate, f, e), Matrix($"{prefix}ffn_up{suffix}.weight", f, e), Matrix($"{prefix}ffn_down{suffix}.weight", e, f));
    }

    private ExpertWeights<T> Experts(string prefix, ExpertConfig sizes)
    {
        int e = config.Embedding, f = Outputs(prefix + "ffn_gate_exps.weight");
        Matrix<T>[] gates = Stack(prefix + "ffn_gate_exps.weight", sizes.Count, f, e);
        Matrix<T>[] ups = Stack(prefix + "ffn_up_exps.weight", sizes.Count, f, e);
        Matrix<T>[] downs = Stack(prefix + "ffn_down_exps.weight", sizes.Count, e, f);
        bool shared = file.Tensors.ContainsKey(prefix + "ffn_gate_shexp.weight");
        return new ExpertWeights<T>(
            Matrix(prefix + "ffn_gate_inp.weight", sizes.Count, e),
            [.. gates.Select((gate, i) => new DenseWeights<T>(gate, ups[i], downs[i]))],
            shared ? Dense(prefix, "_shexp") : null,
            shared ? new Matrix<T>(1, e, Vector(prefix + "ffn_gate_inp_shexp.weight", e)) : null);
    }

    // The feed-forward length is not always among the metadata: the gate's second dimension says it.
    private int Outputs(string name)
    {
        GgufTensor tensor = file.GetTensor(name);
        return tensor.Dimensions.Count >= 2 ? checked((int)tensor.Dimensions[1]) : throw Misshapen(tensor, "at least two dimensions");
    }

    private T[] Vector(string name, int length) => Values(Tensor(name, length));

    private Matrix<T> Matrix(string name, int rows, int columns)
    {
        GgufTensor tensor = Tensor(name, columns, rows);
        return IsQuantized(tensor)
            ? new Matrix<T>(rows, columns, file.ReadQuantized(tensor))
            : new Matrix<T>(rows, columns, Values(tensor));
    }

    private Matrix<T>[] Stack(string name, int count, int rows, int columns)
    {
        GgufTensor tensor = Tensor(name, columns, rows, count);
        return IsQuantized(tensor)
            ? [.. file.ReadQuantized(tensor).Split(count).Select(part => new Matrix<T>(rows, columns, part))]
            : [.. Values(tensor).Chunk(rows * columns).Select(part => new Matrix<T>(rows, columns, part))];
    }

    private static bool IsQuantized(GgufTensor tensor) => GgmlTypes.Find(tensor.Type)!.BlockElements > 1;

    private T[] Values(GgufTensor tensor)
    {
        float[] values = file.Read(tensor);
        return values as T[] ?? Array.ConvertAll(values, T.CreateChecked);
    }

    private GgufTensor Tensor(string name, params int[] dimensions)
    {
        GgufTensor tensor = file.GetTensor(name);
        return tensor.Dimensions.SequenceEqual(dimensions.Select(d => (long)d))
            ? tensor
            : throw Misshapen(tensor, $"[{string.Join(", ", dimensions)}]");
    }

    private InputException Misshapen(GgufTensor tensor, string expected) => new(
        $"{file.Name}: tensor '{tensor.Name}'", $"its shape is [{string.Join(", ", tensor.Dimensions)}]",
        $"the model's sizes require {expected}");
}
