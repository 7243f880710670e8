using System.Text;
using System.Text.RegularExpressions;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Microsoft.ML.Tokenizers;

namespace Gdn.Harness.Models;

/// <summary>
/// The tokenizer that a model file carries: byte-level BPE with the pre-tokenizer of the Qwen families. Same tokens as
/// llama.cpp with special tokens neither added nor parsed.
/// </summary>
public sealed partial class ModelTokenizer
{
    private readonly string _file;
    private readonly BpeTokenizer _bpe;
    private readonly string[] _pieces;
    private readonly byte[][] _bytes;
    private readonly bool[] _knownBytes;

    private ModelTokenizer(string file, TokenizerVocabulary vocabulary, Regex words)
    {
        _file = file;
        _pieces = vocabulary.Pieces;
        _bytes = [.. _pieces.Zip(vocabulary.Kinds, BytesOf)];
        _knownBytes = new bool[256];
        foreach (byte[] bytes in _bytes)
            if (bytes.Length == 1) _knownBytes[bytes[0]] = true;

        Dictionary<string, int> Tokens(Func<TokenKind, bool> wanted) => Enumerable.Range(0, _pieces.Length)
            .Where(id => wanted(vocabulary.Kinds[id])).ToDictionary(id => _pieces[id]);

        Dictionary<string, int> verbatim = Tokens(kind => kind == TokenKind.UserDefined);
        _bpe = BpeTokenizer.Create(new BpeOptions(Tokens(kind => kind is TokenKind.Normal or TokenKind.UserDefined))
        {
            ByteLevel = true,
            Merges = vocabulary.Merges,
            PreTokenizer = new RegexPreTokenizer(words, verbatim),
            SpecialTokens = verbatim,
        });
    }

    /// <summary>V: number of tokens.</summary>
    public int Vocabulary => _pieces.Length;

    /// <summary>The tokenizer of a file.</summary>
    /// <exception cref="InputException">The file has none, or one that is malformed or of another kind.</exception>
    public static ModelTokenizer Read(GgufFile file)
    {
        TokenizerVocabulary vocabulary = TokenizerVocabulary.Read(file);
        Regex words = vocabulary.PreTokenizer switch
        {
            "qwen2" => Qwen2Words(),
            "qwen35" => Qwen35Words(),
            string other => throw new InputException(
                $"{file.Name}: key 'tokenizer.ggml.pre'", $"'{other}' is not supported", "use a model with 'qwen2' or 'qwen35'"),
        };
        return new ModelTokenizer(file.Name, vocabulary, words);
    }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="InputException">A character has no tokens, as in the vocabularies of synthetic models.</exception>
    public int[] Encode(string text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                if (!_knownBytes[b])
                    throw new InputException(
                        _file, $"its vocabulary has no token for U+{rune.Value:X4}", "use text without it, or another model");

        return [.. _bpe.EncodeToIds(text)];
    }

    /// <summary>The text of tokens; control tokens have none. Bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(IEnumerable<int> tokens) => Encoding.UTF8.GetString([.. tokens.SelectMany(token => _bytes[token])]);

    /// <summary>The bytes of one token's text, UTF-8 only when those of its neighbours are added; a control token has none.</summary>
    public ReadOnlySpan<byte> Bytes(int token) => _bytes[token];

    /// <summary>The text of one token; of a control token, its name.</summary>
    public string Piece(int token) => _bytes[token] is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes) : _pieces[token];

    private static byte[] BytesOf(string piece, TokenKind kind) => kind switch
    {
        TokenKind.Normal => ByteAlphabet.TryDecode(piece) ?? Encoding.UTF8.GetBytes(piece),
        TokenKind.UserDefined => Encoding.UTF8.GetBytes(piece),
        _ => [],
    };

    // What a merge never crosses: an English ending; letters with one sign before them; a digit; signs with a space before
    // and line ends after them; white space. Source: tokenizer.json of Qwen2.5 and Qwen3.5; the latter counts combining
    // marks as letters.
    private const string Endings = "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])";
    private const string WhiteSpace = @"\s*[\r\n]+|\s+(?!\S)|\s+";

    [GeneratedRegex(Endings + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + WhiteSpace)]
    private static partial Regex Qwen2Words();

    [GeneratedRegex(
        Endings + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + WhiteSpace)]
    private static partial Regex Qwen35Words();
}
