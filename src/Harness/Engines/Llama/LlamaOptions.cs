using System.Globalization;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// <c>DIR[,option=value...][+fault:ID]</c>: how libllama is run. What is left out is as the library's server has it, but for threads:
/// schedules run side by side, and its threads wait for each other spinning.
/// </summary>
/// <param name="Folder">Where the libraries are.</param>
internal sealed record LlamaOptions(string Folder)
{
    private const string FaultMark = "+fault:", Known = "gpu=N, threads=N, ubatch=N, kv=f32|f16|q8_0, fa=on|off|auto, unified, swa-full";

    /// <summary>Layers on the GPU; null for the library's choice.</summary>
    public int? GpuLayers { get; private init; }

    /// <summary>Threads.</summary>
    public int Threads { get; private init; } = 1;

    /// <summary>n_ubatch: most tokens in one pass.</summary>
    public int Ubatch { get; private init; } = 512;

    /// <summary>How keys and values are kept.</summary>
    public LlamaCacheType Cache { get; private init; } = LlamaCacheType.F16;

    /// <summary>Whether attention runs as one op; null for the library's choice.</summary>
    public bool? FlashAttention { get; private init; }

    /// <summary>Whether all sequences share one KV cache.</summary>
    public bool Unified { get; private init; }

    /// <summary>Whether layers with a sliding window keep every position.</summary>
    public bool FullWindow { get; private init; }

    /// <summary>The fault between the tool and the library; null for none.</summary>
    public LlamaFault? Fault { get; private init; }

    /// <summary>Whether nothing is computed or kept in less than single precision, but for weights that are in less.</summary>
    public bool IsSinglePrecision => Cache == LlamaCacheType.F32 && FlashAttention == false;

    /// <summary>Reads what follows <c>llama:</c>.</summary>
    /// <exception cref="InputException">An option is unknown, or its value.</exception>
    public static LlamaOptions Parse(string text)
    {
        (string folder, string[] options, string? fault) = Split(text);
        return options.Aggregate(
            new LlamaOptions(folder) { Fault = fault is null ? null : LlamaFaults.Named(fault) }, With);
    }

    /// <summary>The same text with the folder's whole path.</summary>
    public static string Absolute(string text)
    {
        string folder = Split(text).Folder;
        return Path.GetFullPath(folder) + text[folder.Length..];
    }

    /// <summary>What was asked for, as options; reports add what the library made of it.</summary>
    public override string ToString() => string.Join(
        ", ",
        ((string?[])
        [
            GpuLayers is { } layers ? Text($"gpu={layers}") : null,
            Text($"threads={Threads}"), Text($"ubatch={Ubatch}"), $"kv={Cache.Name()}",
            $"fa={FlashAttention switch { true => "on", false => "off", null => "auto" }}",
            Unified ? "unified" : "not unified", FullWindow ? "swa-full" : null,
        ]).OfType<string>());

    // A folder may have anything in its name.
    private static (string Folder, string[] Options, string? Fault) Split(string text)
    {
        if (Directory.Exists(text)) return (text, [], null);
        int mark = text.LastIndexOf(FaultMark, StringComparison.Ordinal);
        string[] parts = (mark < 0 ? text : text[..mark]).Split(',');
        return (parts[0], parts[1..], mark < 0 ? null : text[(mark + FaultMark.Length)..]);
    }

    private static LlamaOptions With(LlamaOptions options, string option)
    {
        string[] parts = option.Split('=', 2);
        string value = parts.Length > 1 ? parts[1] : "";
        return (parts[0], parts.Length) switch
        {
            ("gpu", 2) => options with { GpuLayers = Number(option, value, least: 0) },
            ("threads", 2) => options with { Threads = Number(option, value, least: 1) },
            ("ubatch", 2) => options with { Ubatch = Number(option, value, least: 1) },
            ("kv", 2) => options with { Cache = LlamaCacheTypes.Parse(value) ?? throw Unknown(option) },
            ("fa", 2) => options with
            {
                FlashAttention = value switch { "on" => true, "off" => false, "auto" => null, _ => throw Unknown(option) },
            },
            ("unified", 1) => options with { Unified = true },
            ("swa-full", 1) => options with { FullWindow = true },
            _ => throw Unknown(option),
        };
    }

    private static int Number(string option, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw Unknown(option);

    private static InputException Unknown(string option) =>
        new($"engine llama: option '{option}'", "there is no such option or value", $"use {Known}");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
