using System.Text;
using Gdn.Reference;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>
/// The tokenizer that a model file carries: byte-level BPE with one of the known pre-tokenizers, or pieces with scores. Same
/// tokens as llama.cpp with special tokens neither added nor parsed.
/// </summary>
public sealed class ModelTokenizer
{
    private readonly string[] _pieces;
    private readonly byte[][] _bytes;
    private readonly ITextEncoder _encoder;

    // Tokens found before all others, the longest first.
    private readonly (string Text, int Id)[] _verbatim;

    private ModelTokenizer(TokenizerVocabulary vocabulary, ITextEncoder encoder)
    {
        _pieces = vocabulary.Pieces;
        Start = vocabulary.Start;
        Func<string, TokenKind, byte[]> bytesOf = vocabulary.PreTokenizer is null ? SentencePieceBytes : ByteLevelBytes;
        _bytes = [.. _pieces.Zip(vocabulary.Kinds, bytesOf)];
        _encoder = encoder;
        _verbatim = [.. _pieces.Select((piece, id) => (piece, id))
            .Where(token => vocabulary.Kinds[token.id] == TokenKind.UserDefined && token.piece.Length > 0)
            .OrderByDescending(token => token.piece.Length)];
    }

    /// <summary>V: number of tokens.</summary>
    public int Vocabulary => _pieces.Length;

    /// <summary>The token that the model expects before a text; null for none. <see cref="Encode"/> does not put it there.</summary>
    public int? Start { get; }

    /// <summary>The tokenizer of a file.</summary>
    /// <exception cref="InputException">The file has none, or one that is malformed or of another kind.</exception>
    public static ModelTokenizer Read(GgufFile file)
    {
        TokenizerVocabulary vocabulary = TokenizerVocabulary.Read(file);
        return new ModelTokenizer(vocabulary, vocabulary.PreTokenizer is { } preTokenizer
            ? new BytePairEncoder(vocabulary, preTokenizer)
            : new SentencePieceEncoder(vocabulary));
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Ends it: a long text takes a while.</param>
    /// <exception cref="InputException">A character has no tokens, as in the vocabularies of synthetic models.</exception>
    public int[] Encode(string text, CancellationToken cancellation = default)
    {
        var ids = new List<int>();
        bool starts = true;
        foreach ((string fragment, int id) in Fragments(text, cancellation))
        {
            if (id >= 0) ids.Add(id);
            else _encoder.Encode(fragment, starts, ids, cancellation);
            starts = id >= 0;
        }

        return [.. ids];
    }

    /// <summary>The text of tokens; control tokens have none. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <remarks>A vocabulary that puts a space before the text leaves it there.</remarks>
    public string Decode(IEnumerable<int> tokens) => Encoding.UTF8.GetString([.. tokens.SelectMany(token => _bytes[token])]);

    /// <summary>The bytes of one token's text, UTF-8 only when those of its neighbours are added; a control token has none.</summary>
    public ReadOnlySpan<byte> Bytes(int token) => _bytes[token];

    /// <summary>The text of one token; of a control token, its name.</summary>
    public string Piece(int token) => _bytes[token] is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes) : _pieces[token];

    // The text cut at the tokens that are found in it as they are: each piece with such a token's id, or -1.
    private List<(string Text, int Id)> Fragments(string text, CancellationToken cancellation)
    {
        List<(string Text, int Id)> fragments = text.Length > 0 ? [(text, -1)] : [];
        foreach ((string verbatim, int id) in _verbatim)
        {
            cancellation.ThrowIfCancellationRequested();
            if (text.Contains(verbatim, StringComparison.Ordinal))
                fragments = [.. fragments.SelectMany(fragment => fragment.Id >= 0 ? [fragment] : Cut(fragment.Text, verbatim, id))];
        }

        return fragments;
    }

    private static IEnumerable<(string Text, int Id)> Cut(string text, string verbatim, int id) => text.Split(verbatim)
        .SelectMany((part, i) => ((string Text, int Id)[])[.. i > 0 ? [(verbatim, id)] : Array.Empty<(string, int)>(), (part, -1)])
        .Where(fragment => fragment.Text.Length > 0);

    private static byte[] ByteLevelBytes(string piece, TokenKind kind) => kind switch
    {
        TokenKind.Normal => ByteAlphabet.TryDecode(piece) ?? Encoding.UTF8.GetBytes(piece),
        TokenKind.UserDefined => Encoding.UTF8.GetBytes(piece),
        _ => [],
    };

    private static byte[] SentencePieceBytes(string piece, TokenKind kind) => kind switch
    {
        TokenKind.Normal => Encoding.UTF8.GetBytes(piece.Replace(SentencePieceEncoder.Space, ' ')),
        TokenKind.UserDefined => Encoding.UTF8.GetBytes(piece),
        TokenKind.Byte when SentencePieceEncoder.ByteOf(piece) is { } value => [value],
        _ => [],
    };
}
