using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Harness.Models;

/// <summary>A vocabulary of pieces with scores; ids as llama.cpp v0.5.0 gives them for the same file.</summary>
public sealed class SentencePieceEncoderTests
{
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Byte = 6;
    private const char Space = '\u2581';

    // Three marks, 256 bytes, pieces from id 259 on.
    private static readonly (string Piece, float Score)[] Pieces =
    [
        ($"{Space}", -10), ("a", -11), ("b", -12), ("c", -13), ("h", -14), ("e", -15), ("l", -16), ("o", -17),
        ("ab", -2), ("bc", -1), ("he", -3), ("ll", -4), ("lo", -3.5f), ("hell", -6), ("hello", -7), ($"{Space}hello", -8),
        ($"{Space}a", -5), ($"{Space}{Space}", -9), ("\u4E2D", -18),
    ];

    private static readonly ModelTokenizer Tokenizer = Read(Write());

    [Theory]
    [InlineData("hello", "259,269,265,271")]
    [InlineData("hello hello", "259,269,265,271,259,269,265,271")]
    [InlineData("abc abc", "275,268,275,268")]
    [InlineData("  hello", "276,259,269,265,271")]
    [InlineData("", "")]
    [InlineData("a<tool>a <tool>b", "275,278,275,259,278,259,261")]
    [InlineData("<s>hello", "259,63,118,65,269,265,271")]
    [InlineData("\u4E2D\u6587q", "259,277,233,153,138,116")]
    [InlineData("llo\nhell", "259,265,271,13,272")]
    [InlineData("helo  a   bc", "259,269,271,259,275,276,259,268")]
    public void Encode_Text_SameAsLlamaCpp(string text, string ids) => Assert.Equal(ids, string.Join(",", Tokenizer.TokensOf(text)));

    [Fact]
    public void Encode_WithoutSpacePrefix_StartsWithTheText() =>
        Assert.Equal([260, 268], Read(Write(prefix: false)).TokensOf("abc"));

    [Theory]
    [InlineData("hello abc")]
    [InlineData("  \u4E2D\u6587 \U0001F600\n")]
    public void Decode_Encoded_IsTheTextAfterASpace(string text) => Assert.Equal($" {text}", Tokenizer.Decode(Tokenizer.TokensOf(text)));

    [Fact]
    public void Decode_Marks_HaveNoText() => Assert.Equal("a", Tokenizer.Decode([0, 1, 260, 2]));

    [Fact]
    public void Encode_NeitherTokenNorBytes_NamesTheCharacter()
    {
        var error = Assert.Throws<InputException>(() => Read(Write(bytes: false)).TokensOf("aq"));
        Assert.StartsWith("m.gguf: its vocabulary has no token for U+0071; ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ScoresOfOtherLength_AreRefused()
    {
        var error = Assert.Throws<InputException>(() => Read(Write(scores: [1f])));
        Assert.StartsWith("m.gguf: key 'tokenizer.ggml.scores': has 1 entries for ", error.Message, StringComparison.Ordinal);
    }

    private static ModelTokenizer Read(GgufWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        using GgufFile file = GgufFile.Parse("m.gguf", stream.ToArray());
        return ModelTokenizer.Read(file);
    }

    private static GgufWriter Write(bool bytes = true, bool prefix = true, float[]? scores = null)
    {
        var tokens = new List<(string Piece, float Score, int Kind)>
        {
            ("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control),
        };
        if (bytes) tokens.AddRange(Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", 0f, Byte)));
        tokens.AddRange(Pieces.Select(piece => (piece.Piece, piece.Score, Normal)));
        tokens.Add(("<tool>", 0, UserDefined));

        var writer = new GgufWriter();
        writer.Add("tokenizer.ggml.model", "llama");
        writer.Add("tokenizer.ggml.tokens", (string[])[.. tokens.Select(token => token.Piece)]);
        writer.Add("tokenizer.ggml.scores", new GgufValue(scores ?? [.. tokens.Select(token => token.Score)]));
        writer.Add("tokenizer.ggml.token_type", (int[])[.. tokens.Select(token => token.Kind)]);
        if (!prefix) writer.Add("tokenizer.ggml.add_space_prefix", false);
        writer.Add("token_embd.weight", [1, tokens.Count], new float[tokens.Count]);
        return writer;
    }
}
