namespace Gdn.Reference.Models;

/// <summary>Keys that say nothing which tensors or other keys do not say, or nothing about the model of text.</summary>
internal static class DescriptiveKeys
{
    // An image encoder's sizes.
    private const string Vision = "vision.";

    private static readonly string[] Names =
    [
        "feed_forward_length", "expert_feed_forward_length", "expert_shared_feed_forward_length", "expert_shared_count",
        "vocab_size", "attention.value_length", "full_attention_interval", "mrope_sections", "rope.mrope_section",
        "rope.mrope_interleaved", "rope.scaling.finetuned",
        "image_token_id", "vision_start_token_id", "vision_end_token_id",
    ];

    /// <summary>Whether a key, without the architecture before it, is one of them.</summary>
    public static bool Contain(string key) => key.StartsWith(Vision, StringComparison.Ordinal) || Names.Contains(key);
}
