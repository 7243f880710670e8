using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads the sizes that files of kimi-linear give in keys of their own.</summary>
/// <remarks>Source: llama.cpp <c>src/models/kimi-linear.cpp</c>.</remarks>
/// <param name="file">The file.</param>
/// <param name="name">The architecture, with which keys begin.</param>
/// <param name="size">Reads a size.</param>
internal sealed class KimiLinearConfig(GgufFile file, string name, SizeReader size)
{
    // Of llama.cpp's kinds of expert routing.
    private const int SigmoidGating = 2;

    private const string KeyValueHeadsKey = "attention.head_count_kv", SharedKey = "rope.dimension_count";

    /// <summary>Sizes of the linear layers: as many key heads as value heads.</summary>
    public DeltaNetConfig DeltaNet()
    {
        int heads = size("attention.head_count"), width = size("ssm.conv_kernel", max: 64);
        if (width < 2) throw Error("ssm.conv_kernel", "1 leaves no window", "it must be at least 2");
        return new DeltaNetConfig(heads, heads, size("kda.head_dim", max: 4096), width, HeadMap.Tiled)
        {
            PerChannelGate = true,
            OutputGate = GateActivation.Sigmoid,
        };
    }

    /// <summary>Sizes of the full-attention layers: what one token leaves in the cache is one key and value for all heads.</summary>
    public AttentionConfig Attention()
    {
        int rank = size("attention.kv_lora_rank"), query = size("attention.key_length_mla"), shared = size(SharedKey);
        if (shared >= query)
            throw Error(SharedKey, $"{shared} entries of a query of {query} leave none of its own", "it must be less than key_length_mla");
        int cached = size("attention.key_length", rank + shared);
        if (cached != rank + shared)
            throw Error("attention.key_length", $"{cached} is not a latent of {rank} and {shared} shared entries", "it must be their sum");
        // The entries that other models of this kind rotate are shared as they are.
        var unrotated = new Rope(0, 10000, []);
        return new AttentionConfig(size("attention.head_count"), 1, rank + shared, rank, unrotated, Gated: false)
        {
            Latent = new LatentConfig(query, shared, size("attention.value_length_mla")),
        };
    }

    /// <summary>Routing of the experts.</summary>
    public ExpertConfig Experts()
    {
        int count = size("expert_count", max: ConfigReader.MaxExperts), used = size("expert_used_count");
        if (used > count) throw Error("expert_used_count", $"{used} of {count} experts is not valid", "use at most all");
        if (!file.Metadata.GetBool($"{name}.expert_weights_norm", true))
            throw Error("expert_weights_norm", "expert weights that are not renormalised are not supported", "use a model without it");
        int gating = file.Metadata.GetInt($"{name}.expert_gating_func");
        if (gating != SigmoidGating)
            throw Error(
                "expert_gating_func", $"{gating} is not supported",
                $"use a model whose experts are scored by sigmoid ({SigmoidGating})");
        int groups = file.Metadata.GetInt($"{name}.expert_group_count", 1);
        if (groups > 1)
            throw Error("expert_group_count", $"{groups} groups are not supported", "use a model that chooses among all experts");
        return new ExpertConfig(count, used, ConfigReader.ExpertScale(file, name)) { BySigmoid = true };
    }

    /// <summary>First layers without experts.</summary>
    public int DenseLayers() => file.Metadata.GetInt($"{name}.leading_dense_block_count", 0);

    /// <summary>For each layer, whether it is linear: 0 key-value heads say so.</summary>
    public bool[] RecurrentLayers(int layers)
    {
        string key = $"{name}.{KeyValueHeadsKey}";
        if (file.Metadata.TryGetValue(key, out GgufValue? value) && !value.IsArray)
            throw Error(KeyValueHeadsKey, "it is one count for all layers", "it must be one for each, 0 for linear layers");
        int[] heads = file.Metadata.GetInts(key);
        return heads.Length >= layers
            ? [.. heads.Take(layers).Select(count => count == 0)]
            : throw Error(KeyValueHeadsKey, $"it names {heads.Length} layers of {layers}", "name all");
    }

    private InputException Error(string key, string problem, string remedy) => new($"{file.Name}: {name}.{key}", problem, remedy);
}
