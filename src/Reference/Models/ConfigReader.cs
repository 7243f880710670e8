using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads a model's sizes from the metadata of its file.</summary>
internal static class ConfigReader
{
    private const int MaxSize = 1 << 24, MaxLayers = 1024;

    /// <summary>Reads them.</summary>
    /// <exception cref="InputException">The architecture is unknown, or a key is missing or absurd.</exception>
    public static ModelConfig Read(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string name = metadata.GetString("general.architecture");
        if (!ArchitectureNames.TryParse(name, out Architecture architecture))
            throw new InputException(
                $"{file.Name}: general.architecture", $"'{name}' is not supported",
                "use one of " + string.Join(", ", ArchitectureNames.All));

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
        if (draftLayers < 0 || draftLayers >= blocks)
            throw new InputException(
                $"{file.Name}: {name}.nextn_predict_layers", $"{draftLayers} of {blocks} blocks is not valid",
                "at least one block must belong to the trunk");

        bool hybrid = architecture != Architecture.Qwen3Moe;
        int embedding = Size("embedding_length");
        int heads = Size("attention.head_count");
        int keyDim = Size("attention.key_length", Math.Max(1, embedding / heads));
        int ropeDimensions = Size("rope.dimension_count", keyDim);
        int keyValueHeads = Size("attention.head_count_kv", heads);
        RequireDivides(file, $"{name}.attention.head_count_kv", keyValueHeads, heads);
        if (ropeDimensions > keyDim || ropeDimensions % 2 != 0)
            throw new InputException(
                $"{file.Name}: {name}.rope.dimension_count", $"{ropeDimensions} is not valid",
                $"it must be even and at most the key length {keyDim}");

        float epsilon = metadata.GetFloat($"{name}.attention.layer_norm_rms_epsilon");
        if (!(epsilon > 0 && epsilon < 1))
            throw new InputException(
                $"{file.Name}: {name}.attention.layer_norm_rms_epsilon", $"{epsilon} is not valid",
                "it must lie between 0 and 1");

        bool experts = architecture is not Architecture.Qwen35;
        return new ModelConfig(
            architecture,
            embedding,
            Vocabulary(file),
            Size("context_length", max: int.MaxValue),
            epsilon,
            hybrid ? RecurrentLayers(file, name, blocks - draftLayers) : new bool[blocks - draftLayers],
            hybrid ? DeltaNet(file, name, architecture, Size) : null,
            new AttentionConfig(
                heads,
                keyValueHeads,
                keyDim,
                Size("attention.value_length", keyDim),
                new Rope(ropeDimensions, metadata.GetFloat($"{name}.rope.freq_base", 10000f), Sections(file, name, architecture)),
                Gated: hybrid),
            experts ? Experts(file, name, Size) : null,
            draftLayers);
    }

    private delegate int SizeReader(string key, int? fallback = null, int max = MaxSize);

    private static int Vocabulary(GgufFile file)
    {
        GgufTensor embedding = file.GetTensor("token_embd.weight");
        if (embedding.Dimensions.Count != 2)
            throw new InputException(
                $"{file.Name}: tensor 'token_embd.weight'", $"it has {embedding.Dimensions.Count} dimensions",
                "it must have two, [embedding, vocabulary]");
        return checked((int)embedding.Dimensions[1]);
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
        HeadMap map = architecture == Architecture.Qwen3Next ? HeadMap.Grouped : HeadMap.Tiled;
        return new DeltaNetConfig(keyHeads, valueHeads, dim, width, map);
    }

    private static ExpertConfig Experts(GgufFile file, string name, SizeReader size)
    {
        int count = size("expert_count"), used = size("expert_used_count");
        if (used > count)
            throw new InputException(
                $"{file.Name}: {name}.expert_used_count", $"{used} of {count} experts is not valid", "use at most all");
        // Files write 0 where there is no factor.
        float scale = file.Metadata.GetFloat($"{name}.expert_weights_scale", 0f);
        return new ExpertConfig(count, used, scale == 0f ? 1 : scale);
    }

    private static bool[] RecurrentLayers(GgufFile file, string name, int layers)
    {
        string key = $"{name}.attention.recurrent_layers";
        if (file.Metadata.ContainsKey(key))
        {
            bool[] flags = file.Metadata.GetBools(key);
            if (flags.Length < layers)
                throw new InputException($"{file.Name}: {key}", $"it names {flags.Length} layers of {layers}", "name all");
            return flags[..layers];
        }

        int interval = file.Metadata.GetInt($"{name}.full_attention_interval", 4);
        if (interval < 1)
            throw new InputException(
                $"{file.Name}: {name}.full_attention_interval", $"{interval} is not valid", "it must be at least 1");
        return [.. Enumerable.Range(0, layers).Select(i => (i + 1) % interval != 0)];
    }

    private static int[] Sections(GgufFile file, string name, Architecture architecture)
    {
        if (architecture is not (Architecture.Qwen35 or Architecture.Qwen35Moe)) return [];
        string key = $"{name}.rope.dimension_sections";
        int[] sections = file.Metadata.GetInts(key);
        if (sections.Length != 4 || sections.Any(section => section < 0))
            throw new InputException(
                $"{file.Name}: {key}", $"[{string.Join(", ", sections)}] is not valid",
                "it must be four counts, for example [11, 11, 10, 0]");
        return sections;
    }

    private static void RequireDivides(GgufFile file, string key, int part, int whole)
    {
        if (whole % part != 0)
            throw new InputException($"{file.Name}: {key}", $"{part} does not divide {whole}", "heads must share evenly");
    }
}
