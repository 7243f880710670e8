using System.Globalization;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using static System.FormattableString;

namespace Gdn.Harness.Models;

/// <summary>What a model file holds, ready to be printed.</summary>
/// <param name="File">Its path.</param>
/// <param name="Version">Of the format.</param>
/// <param name="Files">How many files there are.</param>
/// <param name="FileBytes">Their length.</param>
/// <param name="Name">What it calls itself; may be empty.</param>
/// <param name="Description">What it says of itself; may be empty.</param>
/// <param name="Training">How it was trained, key by key, where the file says so.</param>
/// <param name="Config">Sizes.</param>
/// <param name="Parameters">Elements of all tensors.</param>
/// <param name="Types">What each type of tensor takes, the largest first.</param>
/// <param name="Tensors">All tensors in file order.</param>
/// <param name="Tokenizer">The tokenizer; null when the file has none.</param>
/// <param name="NotUsed">What of the file is no part of the model; null where that cannot be computed.</param>
/// <param name="Obstacle">Why it cannot be computed; null where it can.</param>
public sealed record ModelInfo(
    string File,
    int Version,
    int Files,
    long FileBytes,
    string Name,
    string Description,
    IReadOnlyList<(string Key, string Value)> Training,
    ModelConfig Config,
    long Parameters,
    IReadOnlyList<TypeUse> Types,
    IReadOnlyList<GgufTensor> Tensors,
    TokenizerInfo? Tokenizer,
    UnusedContent? NotUsed,
    string? Obstacle)
{
    // Written by the training of the shipped model.
    private const string TrainingPrefix = "gdn_tiny.training.";

    /// <summary>Looks into a file. No weights are read.</summary>
    /// <exception cref="InputException">It is not a model of a supported architecture.</exception>
    public static ModelInfo Read(GgufFile file)
    {
        ModelConfig config = ModelLoader.ReadConfig(file);
        try
        {
            return Read(file, config, UnusedContent.Of(file, config), obstacle: null);
        }
        catch (InputException e)
        {
            string where = e.Where == file.Name ? "" : $"{e.Where[$"{file.Name}: ".Length..]}: ";
            return Read(file, config, notUsed: null, where + e.Problem);
        }
    }

    private static ModelInfo Read(GgufFile file, ModelConfig config, UnusedContent? notUsed, string? obstacle) => new(
        file.Name,
        file.Version,
        file.Paths.Count,
        file.Length,
        file.Metadata.GetString("general.name", ""),
        file.Metadata.GetString("general.description", ""),
        [.. file.Metadata.Keys.Where(key => key.StartsWith(TrainingPrefix, StringComparison.Ordinal)).Select(
            key => (key[TrainingPrefix.Length..], Convert.ToString(file.Metadata[key].Value, CultureInfo.InvariantCulture)!))],
        config,
        file.Tensors.Values.Sum(tensor => tensor.ElementCount),
        [.. file.Tensors.Values.GroupBy(tensor => tensor.Type).Select(TypeUse.Of).OrderByDescending(use => use.Bytes)],
        [.. file.Tensors.Values],
        TokenizerInfo.Read(file.Metadata),
        notUsed,
        obstacle);

    /// <summary>Everything but the tensors, as lines of label and text.</summary>
    public IEnumerable<(string Label, string Text)> Lines()
    {
        yield return ("file", File);
        string parts = Files > 1 ? Invariant($" in {Files} parts") : "";
        yield return ("format", Invariant($"GGUF {Version}, {FileBytes:N0} bytes{parts}"));
        yield return ("architecture", ArchitectureNames.Of(Config.Architecture));
        yield return ("name", Name);
        if (Description.Length > 0) yield return ("description", Description);
        if (Training.Count > 0)
            yield return ("training", string.Join(", ", Training.Select(fact => $"{fact.Key} {fact.Value}")));
        yield return ("parameters", Invariant($"{Parameters:N0} in {Tensors.Count} tensors"));
        foreach (TypeUse use in Types)
            yield return (GgmlTypes.NameOf(use.Type), Invariant($"{use.Bytes:N0} bytes in {use.Tensors} tensors"));
        yield return ("sizes", Invariant(
            $"embedding {Config.Embedding}, vocabulary {Config.Vocabulary}, context {Config.MaxPositions}"));
        yield return ("layers", LayersText());
        if (Config.DeltaNet is { } linear)
            yield return ("linear layer", Invariant(
                $"key heads {linear.KeyHeads}, value heads {linear.ValueHeads}, head dimension {linear.HeadDim}, conv {linear.ConvWidth}")
                + (linear.PerChannelGate ? ", a gate per key channel" : ""));
        AttentionConfig attention = Config.Attention;
        yield return ("full attention", attention.Latent is { } latent
            ? Invariant($"heads {attention.Heads}, head dimension {latent.QueryDim}, latents of {attention.ValueDim} and {latent.SharedDim}")
            : Invariant($"heads {attention.Heads}, key-value heads {attention.KeyValueHeads}, head dimension {attention.KeyDim}"));
        if (attention.Rope.Scaling is { } scaling)
            yield return ("rope scaling", Invariant($"{(scaling.Ramp is null ? "linear" : "YaRN")}, factor {scaling.Factor}"));
        if (Config.Experts is { } experts)
            yield return ("experts", Invariant($"{experts.Used} of {experts.Count} per token"));
        yield return ("MTP", Config.DraftLayers > 0 ? "present" : "none");
        yield return ("tokenizer", Tokenizer is { } tokenizer
            ? Invariant($"{tokenizer.Model}, {tokenizer.PreTokenizer}: {tokenizer.Tokens} tokens, {tokenizer.Merges} merges")
            : "none");
        if (NotUsed is { IsEmpty: false }) yield return ("not used", NotUsed.Describe());
        if (Obstacle is not null) yield return ("not computable", Obstacle);
    }

    private string LayersText()
    {
        int[] full = [.. Enumerable.Range(0, Config.Layers).Where(layer => !Config.RecurrentLayers[layer])];
        string drafts = Config.DraftLayers > 0 ? Invariant($", and {Config.DraftLayers} draft") : "";
        return full.Length == Config.Layers
            ? Invariant($"{Config.Layers}, all full attention{drafts}")
            : Invariant($"{Config.Layers}, full attention in {string.Join(", ", full)}{drafts}");
    }
}

/// <summary>What tensors of one type take.</summary>
/// <param name="Type">The type.</param>
/// <param name="Tensors">How many there are.</param>
/// <param name="Bytes">Their bytes together.</param>
public sealed record TypeUse(GgmlType Type, int Tensors, long Bytes)
{
    internal static TypeUse Of(IGrouping<GgmlType, GgufTensor> tensors) =>
        new(tensors.Key, tensors.Count(), tensors.Sum(tensor => tensor.ByteLength));
}

/// <summary>What a file says about its tokenizer.</summary>
/// <param name="Model">Kind, for example <c>gpt2</c> for byte-level BPE.</param>
/// <param name="PreTokenizer">How text is cut before merging; empty if unsaid.</param>
/// <param name="Tokens">Size of the vocabulary.</param>
/// <param name="Merges">Number of merges.</param>
public sealed record TokenizerInfo(string Model, string PreTokenizer, int Tokens, int Merges)
{
    internal static TokenizerInfo? Read(GgufMetadata metadata)
    {
        int Count(string key) => metadata.ContainsKey(key) ? metadata.GetStrings(key).Length : 0;
        return metadata.ContainsKey("tokenizer.ggml.model")
            ? new TokenizerInfo(
                metadata.GetString("tokenizer.ggml.model"),
                metadata.GetString("tokenizer.ggml.pre", ""),
                Count("tokenizer.ggml.tokens"),
                Count("tokenizer.ggml.merges"))
            : null;
    }
}
