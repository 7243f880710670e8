using System.Numerics;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads what mixes tokens in kimi-linear.</summary>
internal sealed class KimiLinearMixers<T>(TensorReader<T> tensors, ModelConfig config) where T : IFloatingPointIeee754<T>
{
    /// <summary>A linear layer; q, k and v are side by side as in the other families.</summary>
    /// <exception cref="InputException">A tensor is missing, misshapen or of an unsupported type.</exception>
    public DeltaNetWeights<T> Linear(string prefix)
    {
        DeltaNetConfig sizes = config.DeltaNet!;
        int e = config.Embedding, inner = sizes.ValueLength, dim = sizes.HeadDim;
        string[] parts = ["q", "k", "v"];
        return new DeltaNetWeights<T>(
            tensors.Has(prefix + "attn_qkv.weight")
                ? tensors.Matrix(prefix + "attn_qkv.weight", 3 * inner, e)
                : Stack([.. parts.Select(part => tensors.Matrix($"{prefix}attn_{part}.weight", inner, e))]),
            tensors.Matrix(prefix + "ssm_g_b.weight", inner, dim),
            tensors.Matrix(prefix + "ssm_beta.weight", sizes.ValueHeads, e),
            tensors.Matrix(prefix + "ssm_f_b.weight", inner, dim),
            [.. parts.SelectMany(part => tensors.Vector($"{prefix}ssm_conv1d_{part}.weight", sizes.ConvWidth, 1, inner))],
            tensors.Vector(prefix + "ssm_a", 1, sizes.ValueHeads),
            tensors.Vector(prefix + "ssm_dt.bias", inner),
            tensors.Vector(prefix + "ssm_norm.weight", dim),
            tensors.Matrix(prefix + "attn_output.weight", e, inner))
        {
            OutputGateReduction = tensors.Matrix(prefix + "ssm_g_a.weight", dim, e),
            AlphaReduction = tensors.Matrix(prefix + "ssm_f_a.weight", dim, e),
        };
    }

    /// <summary>A layer of latent attention.</summary>
    /// <exception cref="InputException">As of <see cref="Linear"/>.</exception>
    public LatentAttentionWeights<T> Attention(string prefix)
    {
        AttentionConfig sizes = config.Attention;
        LatentConfig latent = sizes.Latent!;
        int e = config.Embedding, heads = sizes.Heads, rank = sizes.ValueDim;
        return new LatentAttentionWeights<T>(
            tensors.Matrix(prefix + "attn_q.weight", heads * latent.QueryDim, e),
            tensors.Matrix(prefix + "attn_kv_a_mqa.weight", sizes.KeyDim, e),
            tensors.Vector(prefix + "attn_kv_a_norm.weight", rank),
            tensors.Stack(prefix + "attn_k_b.weight", heads, rank, latent.OwnDim),
            tensors.Stack(prefix + "attn_v_b.weight", heads, latent.OutputDim, rank),
            tensors.Matrix(prefix + "attn_output.weight", e, heads * latent.OutputDim));
    }

    // The rows of several matrices, one after the other; packed if all are.
    private static Matrix<T> Stack(IReadOnlyList<Matrix<T>> parts)
    {
        int rows = parts.Sum(part => part.Rows), columns = parts[0].Columns;
        return parts.All(part => part.Packed is not null)
            ? new Matrix<T>(rows, columns, new StackedElements([.. parts.Select(part => part.Packed!)]))
            : new Matrix<T>(rows, columns, [.. parts.SelectMany(part => part.Data)]);
    }
}
