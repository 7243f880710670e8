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
}
