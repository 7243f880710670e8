using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Harness.Models;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Harness.Models;

public sealed class ModelTokenizerTests
{
    private static readonly ModelTokenizer Synthetic = ReadSynthetic();
    private static readonly ModelTokenizer Bytes = Read(new TokenizerFile());

    // Ids as llama.cpp v0.5.0 gives them for the same file.
    [Theory]
    [InlineData("the banana is here (42)!", "84,147,96,65,171,171,103,83,102,69,187,0,8,20,18,9,1")]
    [InlineData(" a  b   c", "95,0,96,0,0,97")]
    [InlineData("don't we'll IT'S", "134,78,7,84,117,69,7,76,76,0,41,52,7,51")]
    [InlineData("  leading", "0,106,69,65,133,78,71")]
    [InlineData("trailing  ", "84,186,73,163,78,71,0,0")]
    [InlineData("a1b22 c,d;;e", "65,17,66,18,18,97,12,68,27,27,69")]
    [InlineData("~~ |x|_y_ 'quote' \"dq\" re-use",
        "94,94,0,92,88,92,63,89,63,0,7,185,79,197,7,0,2,68,81,2,112,69,13,85,192")]
    public void Encode_SyntheticVocabulary_SameAsLlamaCpp(string text, string ids) =>
        Assert.Equal(ids, string.Join(",", Synthetic.TokensOf(text)));

    [Property]
    public Property Decode_EncodedAscii_IsTheText() => Prop.ForAll(
        Arb.From(Gen.Choose(' ', '~').Select(c => (char)c).ArrayOf().Select(chars => new string(chars))),
        text => text == Synthetic.Decode(Synthetic.TokensOf(text)));

    [Property]
    public Property Decode_EncodedUnicode_IsTheText() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Filter(text => text is not null && IsUnicode(text)),
        text => text == Bytes.Decode(Bytes.TokensOf(text)));

    [Fact]
    public void Encode_Merges_InOrderOfUrgency()
    {
        Assert.Equal(["hello", " w", "or", "l", "d"], Pieces("hello world"));
        // "ll" is merged before "he": neither "hell" nor "hel" can come of it otherwise.
        Assert.Equal(["hell", "hell"], Pieces("hellhell"));
    }

    [Fact]
    public void Encode_MergeThatIsThereTwice_CountsOnce()
    {
        var file = new TokenizerFile();
        string[] merges = (string[])file.Merges!;
        ModelTokenizer twice = Read(file with { Merges = (string[])[merges[3], .. merges, .. merges] });
        ModelTokenizer once = Read(file with { Merges = (string[])[merges[3], .. merges] });
        Assert.Equal(once.TokensOf("hello world hell"), twice.TokensOf("hello world hell"));
    }

    [Fact]
    public void Encode_VocabularyOfControlTokens_SaysThatItHasNoTokens()
    {
        var file = new TokenizerFile();
        ModelTokenizer tokenizer = Read(file with { Kinds = (int[])[.. file.Tokens.Select(_ => 3)] });
        Assert.Empty(tokenizer.TokensOf(""));
        Assert.Contains(
            "its vocabulary has no token for U+0061", Assert.Throws<InputException>(() => tokenizer.TokensOf("a")).Message, StringComparison.Ordinal);
        Assert.Equal("", tokenizer.Decode([0, 1, 2]));
    }

    // What merges make need not be text itself: llama.cpp looks at names alone.
    [Fact]
    public void Encode_MergeToATokenOfAnotherKind_GivesThatToken()
    {
        var file = new TokenizerFile();
        int[] kinds = [.. file.Tokens.Select(token => token == "he" ? 5 : 1)];
        Assert.Equal([Array.IndexOf(file.Tokens, "he")], Read(file with { Kinds = kinds }).TokensOf("he"));
    }

    [Fact]
    public void Encode_Cancelled_Ends() =>
        Assert.Throws<OperationCanceledException>(() => Bytes.Encode("hello", new CancellationToken(canceled: true)));

    [Fact]
    public void Encode_Digits_StayApartInSpiteOfAMerge() => Assert.Equal(["1", "2"], Pieces("12"));

    [Fact]
    public void Encode_UserDefinedToken_IsFoundFirst()
    {
        Assert.Equal(["he", "<think>", "he"], Pieces("he<think>he"));
        Assert.Equal("he<think>he", Bytes.Decode(Bytes.TokensOf("he<think>he")));
    }

    [Fact]
    public void Encode_NameOfControlToken_IsText()
    {
        int[] ids = Bytes.TokensOf("<|end|>");
        Assert.Equal(7, ids.Length);
        Assert.Equal("<|end|>", Bytes.Decode(ids));
    }

    // A combining accent belongs to the word for qwen35 and starts a new one for qwen2, where it cannot merge with the "e".
    [Theory]
    [InlineData("qwen2", 2)]
    [InlineData("qwen35", 1)]
    public void Encode_CombiningMark_AsThePreTokenizerSays(string preTokenizer, int expected)
    {
        string accent = TokenizerFile.ByteCharacters[0xCC] + TokenizerFile.ByteCharacters[0x81];
        var file = new TokenizerFile { PreTokenizer = preTokenizer };
        string[] tokens = [.. file.Tokens[..^1], accent, $"e{accent}"];
        ModelTokenizer tokenizer = Read(file with
        {
            Tokens = tokens,
            EmbeddingRows = tokens.Length,
            Merges = (string[])[.. (string[])file.Merges!, $"e {accent}"],
        });
        Assert.Equal(expected, tokenizer.TokensOf("e\u0301").Length);
    }

    [Fact]
    public void Decode_ControlToken_HasNoText()
    {
        int end = Array.IndexOf(new TokenizerFile().Tokens, "<|end|>");
        Assert.Equal("hh", Bytes.Decode(['h', end, 'h']));
        Assert.Equal("<|end|>", Bytes.Piece(end));
    }

    [Fact]
    public void Decode_BytesOfOneCharacter_JoinAcrossTokens()
    {
        byte[] euro = Encoding.UTF8.GetBytes("\u20AC");
        Assert.Equal("\u20AC", Bytes.Decode(euro.Select(b => (int)b)));
        Assert.Equal("\uFFFD", Bytes.Piece(euro[0]));
    }

    [Fact]
    public void Encode_CharacterWithoutToken_NamesIt()
    {
        var error = Assert.Throws<InputException>(() => Synthetic.TokensOf("one\ntwo"));
        Assert.Equal(
            "synthetic.gguf: its vocabulary has no token for U+000A; use text without it, or another model", error.Message);
    }

    [Fact]
    public void Read_MalformedFiles_SayWhatIsWrong()
    {
        var sound = new TokenizerFile();
        string[] merges = (string[])sound.Merges!;
        AssertError("key 'tokenizer.ggml.model': is missing; ", sound with { Model = null });
        AssertError("key 'tokenizer.ggml.model': 'bert' is not supported; use a model with ", sound with { Model = "bert" });
        AssertError("key 'tokenizer.ggml.pre': is missing; ", sound with { PreTokenizer = null });
        AssertError("key 'tokenizer.ggml.pre': 'gpt-1' is not supported; use ", sound with { PreTokenizer = "gpt-1" });
        AssertError("key 'tokenizer.ggml.merges': is missing; ", sound with { Merges = null });
        AssertError(
            "key 'tokenizer.ggml.merges': is array of 1 I32, not an array of strings; ", sound with { Merges = (int[])[1] });
        AssertError(
            "key 'tokenizer.ggml.merges': merge 8 'h' is not a pair; convert", sound with { Merges = (string[])[.. merges, "h"] });
        AssertError(
            "key 'tokenizer.ggml.merges': merge 8 'h zz' needs 'zz', which is not a token; convert",
            sound with { Merges = (string[])[.. merges, "h zz"] });
        AssertError(
            "key 'tokenizer.ggml.merges': merge 8 'x y' needs 'xy', which is not a token; convert",
            sound with { Merges = (string[])[.. merges, "x y"] });
        AssertError(
            "key 'tokenizer.ggml.token_type': has 2 entries for 266 tokens; convert", sound with { Kinds = (int[])[1, 1] });
        AssertError(
            "key 'tokenizer.ggml.token_type': token 3 has type 9; convert",
            sound with { Kinds = (int[])[.. sound.Tokens.Select((_, id) => id == 3 ? 9 : 1)] });
        AssertError(
            "key 'tokenizer.ggml.tokens': tokens 104 and 266 are both 'h'; convert",
            sound with { Tokens = [.. sound.Tokens, "h"], EmbeddingRows = 267 });
        AssertError(
            "key 'tokenizer.ggml.tokens': has 266 tokens, but token_embd.weight has 265 rows; convert",
            sound with { EmbeddingRows = 265 });
    }

    [Fact]
    public void Encode_WordThatIsAToken_StaysWholeWhereThePreTokenizerSaysSo()
    {
        var file = new TokenizerFile { PreTokenizer = "llama-bpe" };
        // No merge leads to "hello" any more.
        file = file with { Merges = (string[])[.. ((string[])file.Merges!).Where(merge => merge != "hell o")] };
        Assert.Single(Read(file).TokensOf("hello"));
        Assert.Equal(2, Read(file with { PreTokenizer = "qwen2" }).TokensOf("hello").Length);
    }

    private static void AssertError(string message, TokenizerFile file)
    {
        var error = Assert.Throws<InputException>(() => { Read(file); });
        Assert.StartsWith($"m.gguf: {message}", error.Message, StringComparison.Ordinal);
    }

    private static string[] Pieces(string text) => [.. Bytes.TokensOf(text).Select(Bytes.Piece)];

    private static ModelTokenizer Read(TokenizerFile file)
    {
        using GgufFile open = file.Open();
        return ModelTokenizer.Read(open);
    }

    private static ModelTokenizer ReadSynthetic()
    {
        using GgufFile file = SyntheticModelTests.Open(Architecture.Qwen35, new SyntheticSizes(), seed: 1);
        return ModelTokenizer.Read(file);
    }

    // Without halves of surrogate pairs, which UTF-8 cannot hold.
    private static bool IsUnicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
