using Gdn.Reference.Gguf;
using Gdn.Reference.Operators;

namespace Gdn.Reference.Models;

/// <summary>Reads a model's position embedding from the metadata of its file, scaled as llama.cpp scales it.</summary>
/// <param name="file">The file.</param>
/// <param name="name">The architecture, with which keys begin.</param>
internal sealed class RopeReader(GgufFile file, string name)
{
    // YaRN's defaults: pairs that turn more often than the first within the context of the training keep their frequency.
    private const float FastTurns = 32, SlowTurns = 1;

    // Far beyond any head, and far from where sums of four would wrap.
    private const int MostOfSection = 1 << 16;

    // What is believed. With a base of 1 or less, or a factor far below 1, angles grow until no precision can tell them.
    private const float LeastBase = 1.001f, MostBase = 1e12f, LeastFactor = 1e-3f, MostFactor = 1e6f;

    // Known under PREFIX.rope.scaling.; llama.cpp reads those of "yarn_" for none of the architectures here, nor do we.
    private static readonly string[] ScalingKeys =
    [
        "type", "factor", "attn_factor", "original_context_length", "finetuned", "yarn_ext_factor", "yarn_attn_factor",
        "yarn_beta_fast", "yarn_beta_slow", "yarn_log_multiplier",
    ];

    private GgufMetadata Metadata => file.Metadata;

    /// <summary>Reads it.</summary>
    /// <param name="dimensions">Rotated entries of a head.</param>
    /// <param name="hasSections">Whether the architecture has the multi-axis form.</param>
    /// <param name="contextLength">For how many positions the model was made.</param>
    /// <exception cref="InputException">A value is absurd, or of a scaling that is not supported.</exception>
    public Rope Read(int dimensions, bool hasSections, int contextLength)
    {
        float @base = Within("rope.freq_base", 10000f, LeastBase, MostBase);
        return new Rope(dimensions, @base, hasSections ? Sections() : [], Scaling(dimensions, @base, contextLength));
    }

    private RopeScaling? Scaling(int dimensions, float @base, int contextLength)
    {
        RequireKnownKeys();
        string type = Metadata.GetString($"{name}.rope.scaling.type", "linear");
        if (type is not ("none" or "linear" or "yarn"))
            throw Error(
                "rope.scaling.type", $"rope scaling '{type}' is not supported", "use a model with 'yarn', 'linear' or 'none'");

        // Files write 0 where there is no factor. The older key is read where the newer one is not there.
        string factorKey = Metadata.ContainsKey($"{name}.rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
        float factor = type == "none" || Metadata.GetFloat($"{name}.{factorKey}", 0f) == 0
            ? 1
            : Within(factorKey, 1, LeastFactor, MostFactor);
        double magnitude = Within("rope.scaling.attn_factor", 1, LeastFactor, MostFactor) * (type == "yarn" ? Sharpening(factor) : 1);
        if (factor == 1 && magnitude == 1) return null;
        return new RopeScaling(factor, type == "yarn" ? Ramp(dimensions, @base, contextLength) : null, magnitude);
    }

    private (int Start, int End) Ramp(int dimensions, float @base, int contextLength)
    {
        int trained = Metadata.GetInt($"{name}.rope.scaling.original_context_length", contextLength);
        if (trained == 0) trained = contextLength;
        if (trained < 0) throw Error("rope.scaling.original_context_length", $"{trained} is not valid", "it must be at least 1");
        float start = MathF.Floor(PairOf(FastTurns, trained, dimensions, @base));
        float end = MathF.Ceiling(PairOf(SlowTurns, trained, dimensions, @base));
        return ((int)MathF.Max(0, start), (int)MathF.Min(dimensions - 1, end));
    }

    // The pair that turns that many times within the context of the training. In single precision: what is rounded to whole
    // pairs must be rounded as ggml rounds it (rope_yarn_corr_dim).
    private static float PairOf(float turns, int context, int dimensions, float @base) =>
        dimensions * MathF.Log(context / (turns * 2 * MathF.PI)) / (2 * MathF.Log(@base));

    // Of attention, on queries and keys each, as a longer context spreads it.
    private static double Sharpening(float factor) => factor <= 1 ? 1 : 0.1 * Math.Log(factor) + 1;

    // Converters write three counts, and the fourth, which text does not use, or not; other tools have other names for them. They may
    // be more than there are pairs, as in models cut down from larger ones: then the last counts are never reached.
    private int[] Sections()
    {
        string[] names = ["rope.dimension_sections", "rope.mrope_section", "mrope_sections"];
        string key = $"{name}.{names.FirstOrDefault(known => Metadata.ContainsKey($"{name}.{known}")) ?? names[0]}";
        int[] sections = Metadata.GetInts(key);
        if (sections.Length is not (3 or 4) || sections.Any(section => section is < 0 or > MostOfSection))
            throw new InputException(
                $"{file.Name}: {key}", $"[{string.Join(", ", sections)}] is not valid",
                $"it must be three or four counts up to {MostOfSection}, for example [11, 11, 10, 0]");
        return [.. sections, .. new int[4 - sections.Length]];
    }

    private void RequireKnownKeys()
    {
        string prefix = $"{name}.rope.scaling.";
        foreach (string key in Metadata.Keys)
            if (key.StartsWith(prefix, StringComparison.Ordinal) && !ScalingKeys.Contains(key[prefix.Length..]))
                throw new InputException(
                    $"{file.Name}: {key}", "this kind of rope scaling is not supported", "use a model without it");
    }

    private float Within(string key, float fallback, float least, float most)
    {
        float value = Metadata.GetFloat($"{name}.{key}", fallback);
        return value >= least && value <= most
            ? value
            : throw Error(key, $"{value} is not valid", FormattableString.Invariant($"it must lie between {least} and {most}"));
    }

    private InputException Error(string key, string problem, string remedy) =>
        new($"{file.Name}: {name}.{key}", problem, remedy);
}
