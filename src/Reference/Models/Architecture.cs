namespace Gdn.Reference.Models;

/// <summary>A family of models, by the name that files carry in <c>general.architecture</c>.</summary>
public enum Architecture
{
    /// <summary>Hybrid, dense feed-forward.</summary>
    Qwen35,

    /// <summary>Hybrid, mixture of experts.</summary>
    Qwen35Moe,

    /// <summary>Hybrid, mixture of experts, value heads in grouped order.</summary>
    Qwen3Next,

    /// <summary>Full attention in every layer: the control that has no recurrent state.</summary>
    Qwen3Moe,

    /// <summary>Hybrid of Kimi Delta Attention and latent attention without positions, mixture of experts.</summary>
    KimiLinear,
}

/// <summary>The names of the families.</summary>
public static class ArchitectureNames
{
    private static readonly Dictionary<string, Architecture> ByName = Enum.GetValues<Architecture>().ToDictionary(Of);

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<string> All => ByName.Keys;

    /// <summary>The name in files and on the command line.</summary>
    public static string Of(Architecture architecture) =>
        architecture == Architecture.KimiLinear ? "kimi-linear" : $"{architecture}".ToLowerInvariant();

    /// <summary>The family of that name.</summary>
    public static bool TryParse(string name, out Architecture architecture) => ByName.TryGetValue(name, out architecture);
}
