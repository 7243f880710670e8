using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads a model's sizes from the metadata of its file.</summary>
internal static class ConfigReader
{
    /// <summary>Most experts of a layer that are believed.</summary>
    public const int MaxExperts = 1 << 16;

    // Times as many tokens as a batch can have, a width is still the length of an array.
    private const int MaxSize = 1 << 24, MaxWidth = 1 << 21, MaxLayers = 1024;

    // Of llama.cpp's kinds of expert routing.
    private const int SoftmaxGating = 1;

    /// <summary>Reads them.</summary>
    /// <exception cref="InputException">The architecture is unknown, or a key is missing or absurd.</exception>
    public static ModelConfig Read(GgufFile file)
    {
        ModelConfig config = ReadSizes(file);
        LayerWidths.Require(file, config);
        return config;
    }

    private static ModelConfig ReadSizes(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string name = metadata.GetString("general.architecture");
        if (!ArchitectureNames.TryParse(name, out Architecture architecture))
            throw new InputException(
                $"{file.Name}: general.architecture", $"'{name}' is not supported",
                Suggestion.Remedy(name, ArchitectureNames.All));

        int Size(string key, int? fallback = null, int max = MaxSize)
        {
            string full = $"{name}.{key}";
            int value = fallback is { } f ? metadata.GetInt(full, f) : metadata.GetInt(full);
            return value >= 1 && value <= max
                ? value
                : throw new InputException($"{file.Name}: {full}", $"{value} is not valid", $"it must lie in 1 to {max}");
        }

        int draftLayers = metadata.GetInt($"{name}.nextn_predict_layers", 0);
        int blocks = Size("block_count", max: MaxLayers);
        if (draftLayers == blocks)
            throw new InputException(
                file.Name, "it is a draft (MTP) layer alone, without the model it was made for",
                "give that model's file here; to a server, give both");
        if (draftLayers < 0 || draftLayers > blocks)
            throw new InputException(
                $"{file.Name}: {name}.nextn_predict_layers", $"{draftLayers} of {blocks} blocks is not valid",
                "at least one block must belong to the trunk");

        float epsilon = metadata.GetFloat($"{name}.attention.layer_norm_rms_epsilon");
        if (!(epsilon > 0 && epsilon < 1))
            throw new InputException(
                $"{file.Name}: {name}.attention.layer_norm_rms_epsilon", $"{epsilon} is not valid",
                "it must lie between 0 and 1");

        if (architecture == Architecture.KimiLinear)
        {
            var kimi = new KimiLinearConfig(file, name, Size);
            return new ModelConfig(
                architecture, Size("embedding_length", max: MaxWidth), Vocabulary(file), Size("context_length", max: int.MaxValue), epsilon,
                kimi.RecurrentLayers(blocks - draftLayers), kimi.DeltaNet(), kimi.Attention(), kimi.Experts(), draftLayers)
            {
                DenseLayers = kimi.DenseLayers(),
            };
        }

        bool hybrid = architecture != Architecture.Qwen3Moe;
        var layers = new LayerReader(file, name, blocks - draftLayers);
        bool[] recurrent = hybrid ? layers.Recurrent() : new bool[blocks - draftLayers];
        int embedding = Size("embedding_length", max: MaxWidth);
        int heads = layers.Heads("attention.head_count", recurrent, fallback: null);
        int keyDim = Size("attention.key_length", Math.Max(1, embedding / heads));
        int ropeDimensions = Size("rope.dimension_count", keyDim);
        int keyValueHeads = layers.Heads(LayerReader.KeyValueHeadsKey, recurrent, heads);
        RequireDivides(file, $"{name}.{LayerReader.KeyValueHeadsKey}", keyValueHeads, heads);
        if (ropeDimensions > keyDim || ropeDimensions % 2 != 0)
            throw new InputException(
                $"{file.Name}: {name}.rope.dimension_count", $"{ropeDimensions} is not valid",
                $"it must be even and at most the key length {keyDim}");

        bool experts = architecture is not Architecture.Qwen35;
        bool hasSections = architecture is Architecture.Qwen35 or Architecture.Qwen35Moe;
        int contextLength = Size("context_length", max: int.MaxValue);
        return new ModelConfig(
            architecture,
            embedding,
            Vocabulary(file),
            contextLength,
            epsilon,
            recurrent,
            hybrid ? DeltaNet(file, name, architecture, Size) : null,
            new AttentionConfig(
                heads,
                keyValueHeads,
                keyDim,
                Size("attention.value_length", keyDim),
                new RopeReader(file, name).Read(ropeDimensions, hasSections, contextLength),
                Gated: hybrid),
            experts ? Experts(file, name, Size) : null,
            draftLayers);
    }

    private static int Vocabulary(GgufFile file)
    {
        GgufTensor embedding = file.GetTensor("token_embd.weight");
        if (embedding.Dimensions.Count != 2)
            throw new InputException(
                $"{file.Name}: tensor 'token_embd.weight'", $"it has {embedding.Dimensions.Count} dimensions",
                "it must have two, [embedding, vocabulary]");
        return embedding.Dimensions[1] <= MaxWidth
            ? (int)embedding.Dimensions[1]
            : throw new InputException(
                $"{file.Name}: tensor 'token_embd.weight'", $"a vocabulary of {embedding.Dimensions[1]} tokens is not valid",
                $"it must have 1 to {MaxWidth}");
    }

    private static DeltaNetConfig DeltaNet(GgufFile file, string name, Architecture architecture, SizeReader size)
    {
        int dim = size("ssm.state_size", max: 4096), keyHeads = size("ssm.group_count"), valueHeads = size("ssm.time_step_rank");
        int inner = size("ssm.inner_size");
        RequireDivides(file, $"{name}.ssm.group_count", keyHeads, valueHeads);
        if (inner != dim * (long)valueHeads)
            throw new InputException(
                $"{file.Name}: {name}.ssm.inner_size", $"{inner} is not {valueHeads} value heads of {dim}",
                "key and value heads must have the same dimension");
        int width = size("ssm.conv_kernel", max: 64);
        if (width < 2)
            throw new InputException($"{file.Name}: {name}.ssm.conv_kernel", "1 leaves no window", "it must be at least 2");
        // The order of value heads goes with the architecture, but some exports have another, and say so.
        bool tiled = file.Metadata.GetBool($"{name}.ssm.v_head_reordered", architecture != Architecture.Qwen3Next);
        return new DeltaNetConfig(keyHeads, valueHeads, dim, width, tiled ? HeadMap.Tiled : HeadMap.Grouped);
    }

    private static ExpertConfig Experts(GgufFile file, string name, SizeReader size)
    {
        int count = size("expert_count", max: MaxExperts), used = size("expert_used_count");
        if (used > count)
            throw new InputException(
                $"{file.Name}: {name}.expert_used_count", $"{used} of {count} experts is not valid", "use at most all");
        foreach (string key in (string[])[$"{name}.expert_weights_norm", $"{name}.norm_top_k_prob"])
            if (!file.Metadata.GetBool(key, true))
                throw new InputException(
                    $"{file.Name}: {key}", "expert weights that are not renormalised are not supported",
                    "use a model where this is true");
        // Files write 0 where there is nothing to say.
        if (file.Metadata.GetInt($"{name}.expert_gating_func", 0) is not (0 or SoftmaxGating) and var gating)
            throw new InputException(
                $"{file.Name}: {name}.expert_gating_func", $"{gating} is not supported",
                $"use a model whose experts are chosen by softmax ({SoftmaxGating})");
        return new ExpertConfig(count, used, ExpertScale(file, name));
    }

    /// <summary>The factor on the weights of experts; 1 where files write 0, for none.</summary>
    internal static double ExpertScale(GgufFile file, string name)
    {
        const float most = 1e4f;
        float scale = file.Metadata.GetFloat($"{name}.expert_weights_scale", 0f);
        return Math.Abs(scale) > most
            ? throw new InputException($"{file.Name}: {name}.expert_weights_scale", $"{scale} is not valid", $"it must be {most} at most")
            : scale == 0f ? 1 : scale;
    }

    private static void RequireDivides(GgufFile file, string key, int part, int whole)
    {
        if (whole % part != 0)
            throw new InputException($"{file.Name}: {key}", $"{part} does not divide {whole}", "heads must share evenly");
    }
}
