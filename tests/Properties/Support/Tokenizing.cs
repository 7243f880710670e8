using Gdn.Harness.Models;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>Tokenizers in tests.</summary>
internal static class Tokenizing
{
    /// <summary>The tokens of a text.</summary>
    public static int[] TokensOf(this ModelTokenizer tokenizer, string text) =>
        tokenizer.Encode(text, TestContext.Current.CancellationToken);
}
