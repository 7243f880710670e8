using Gdn.Harness.Models;
using Xunit;

namespace Gdn.Properties.Harness.Models;

/// <summary>Words as llama.cpp v0.5.0 cuts them: a vocabulary whose merges ignore words gave the same tokens in both.</summary>
public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("qwen2", "IT'S x1234 a/b  c!\n\n d", "IT|'S| x|1|2|3|4| a|/b| | c|!\n\n| d")]
    [InlineData("qwen2", "e\u0301a\U0001F600b \U0001D400c", "e|\u0301a|\U0001F600b| \U0001D400c")]
    [InlineData("qwen35", "e\u0301a", "e\u0301a")]
    [InlineData("kimi-k2", "HelloWorld's x12345", "HelloWorld's| x|123|45")]
    [InlineData("kimi-k2", "a\u4E2D\u6587b\U00020000\u4E2D", "a|\u4E2D\u6587|b|\U00020000\u4E2D")]
    [InlineData("bailingmoe2", "a\n\n b1", "a|\n\n| b|1")]
    [InlineData("seed-coder", "a!\n b", "a|!|\n| b")]
    [InlineData("llama-bpe", "x12345!\n", "x|123|45|!\n")]
    [InlineData("tekken", "McDonald's 12 a/b//\n", "Mc|Donald|'s| |1|2| a|/b|//\n")]
    [InlineData("gpt-4o", "McDonald's 1234", "Mc|Donald's| |123|4")]
    [InlineData("deepseek-v3", "x1234\u4E2Dy -_a $$\n", "x|123|4|\u4E2D|y| -_|a| $$\n")]
    [InlineData("gpt-2", "IT's 123 a  b\n", "IT|'s| 123| a| | b|\n")]
    [InlineData("starcoder", "x 123", "x| |1|2|3")]
    public void Split_Text_LikeLlamaCpp(string name, string text, string words) =>
        Assert.Equal(words, string.Join('|', PreTokenizer.Find(name)!.Words.Split(text)));

    [Fact]
    public void Split_AnyName_LosesNothing()
    {
        const string Text = "It's 2,048 tokens:\r\n\t\u4E2D\u6587 \u3042 \U0001F600\U00020000\u00BD e\u0301  end  ";
        Assert.NotEmpty(PreTokenizer.Names);
        Assert.All(PreTokenizer.Names, name => Assert.Equal(Text, string.Concat(PreTokenizer.Find(name)!.Words.Split(Text))));
    }
}
