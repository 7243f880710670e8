using System.Text;
using Gdn.Reference;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>What a token is; the number is the one in the file.</summary>
/// <remarks>Source: llama.cpp's <c>enum llama_token_type</c>.</remarks>
internal enum TokenKind
{
    /// <summary>A piece of text, in the byte alphabet.</summary>
    Normal = 1,

    /// <summary>Stands for text that has no token.</summary>
    Unknown = 2,

    /// <summary>A mark such as the end of a text; never part of it.</summary>
    Control = 3,

    /// <summary>A piece of text as it is, found before all others.</summary>
    UserDefined = 4,

    /// <summary>Padding of the vocabulary.</summary>
    Unused = 5,

    /// <summary>One byte, in vocabularies that are not byte-level.</summary>
    Byte = 6,
}

/// <summary>A vocabulary as a file holds it, checked.</summary>
/// <param name="File">Name of the file, for errors.</param>
/// <param name="Pieces">Text of each token.</param>
/// <param name="Kinds">Kind of each token.</param>
internal sealed record TokenizerVocabulary(string File, string[] Pieces, TokenKind[] Kinds)
{
    private const string ModelKey = "tokenizer.ggml.model";
    private const string PreTokenizerKey = "tokenizer.ggml.pre";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string KindsKey = "tokenizer.ggml.token_type";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string ScoresKey = "tokenizer.ggml.scores";
    private const string SpacePrefixKey = "tokenizer.ggml.add_space_prefix";
    private const string StartKey = "tokenizer.ggml.bos_token_id";
    private const string AddsStartKey = "tokenizer.ggml.add_bos_token";
    private const string EmbeddingTensor = "token_embd.weight";
    private const string Remedy = "convert the model again";

    /// <summary>Byte-level BPE: how text is cut first; null in a vocabulary of pieces with scores.</summary>
    public PreTokenizer? PreTokenizer { get; private init; }

    /// <summary>Byte-level BPE: pairs of pieces with a space between, most urgent first.</summary>
    public string[] Merges { get; private init; } = [];

    /// <summary>Pieces with scores: the score of each token.</summary>
    public float[] Scores { get; private init; } = [];

    /// <summary>Pieces with scores: whether text gets a space before it.</summary>
    public bool AddsSpacePrefix { get; private init; }

    /// <summary>The token that is put before texts; null where none is.</summary>
    public int? Start { get; private init; }

    /// <exception cref="InputException">Something is missing or does not fit together.</exception>
    public static TokenizerVocabulary Read(GgufFile file)
    {
        string model = file.Metadata.GetString(ModelKey);
        return model switch
        {
            "gpt2" => ReadByteLevel(file),
            "llama" => ReadSentencePieces(file),
            _ => throw Error(
                file, ModelKey, $"'{model}' is not supported", "use a model with byte-level BPE ('gpt2') or SentencePiece ('llama')"),
        };
    }

    /// <summary>The error of text with a character that the vocabulary cannot write.</summary>
    public InputException HasNoToken(Rune rune) =>
        new(File, $"its vocabulary has no token for U+{rune.Value:X4}", "use text without it, or another model");

    private static TokenizerVocabulary ReadByteLevel(GgufFile file)
    {
        TokenizerVocabulary tokens = ReadTokens(file);
        string[] merges = file.Metadata.GetStrings(MergesKey);
        CheckMerges(file, tokens.Pieces, merges);
        string name = file.Metadata.GetString(PreTokenizerKey);
        return tokens with
        {
            Start = ReadStart(file, tokens.Pieces.Length, isUsual: false),
            Merges = merges,
            PreTokenizer = PreTokenizer.Find(name) ?? throw Error(
                file, PreTokenizerKey, $"'{name}' is not supported",
                $"use a model with one of {string.Join(", ", PreTokenizer.Names)}"),
        };
    }

    private static TokenizerVocabulary ReadSentencePieces(GgufFile file)
    {
        TokenizerVocabulary tokens = ReadTokens(file);
        float[] scores = file.Metadata.ContainsKey(ScoresKey)
            ? file.Metadata.GetFloats(ScoresKey)
            : new float[tokens.Pieces.Length];
        if (scores.Length != tokens.Pieces.Length)
            throw Error(file, ScoresKey, $"has {scores.Length} entries for {tokens.Pieces.Length} tokens", Remedy);
        return tokens with
        {
            Start = ReadStart(file, tokens.Pieces.Length, isUsual: true),
            Scores = scores,
            AddsSpacePrefix = file.Metadata.GetBool(SpacePrefixKey, true),
        };
    }

    private static TokenizerVocabulary ReadTokens(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string[] pieces = metadata.GetStrings(TokensKey);
        int[] kinds = metadata.ContainsKey(KindsKey)
            ? metadata.GetInts(KindsKey)
            : [.. pieces.Select(_ => (int)TokenKind.Normal)];
        if (kinds.Length != pieces.Length)
            throw Error(file, KindsKey, $"has {kinds.Length} entries for {pieces.Length} tokens", Remedy);
        int strange = Array.FindIndex(kinds, kind => !Enum.IsDefined((TokenKind)kind));
        if (strange >= 0) throw Error(file, KindsKey, $"token {strange} has type {kinds[strange]}", Remedy);

        long rows = file.GetTensor(EmbeddingTensor).Dimensions[^1];
        if (rows != pieces.Length)
            throw Error(file, TokensKey, $"has {pieces.Length} tokens, but {EmbeddingTensor} has {rows} rows", Remedy);

        CheckUnique(file, pieces);
        return new TokenizerVocabulary(file.Name, pieces, Array.ConvertAll(kinds, kind => (TokenKind)kind));
    }

    // Where a file does not say, pieces with scores have one, and byte-level BPE has none.
    private static int? ReadStart(GgufFile file, int tokens, bool isUsual)
    {
        GgufMetadata metadata = file.Metadata;
        if (!metadata.ContainsKey(StartKey) || !metadata.GetBool(AddsStartKey, isUsual)) return null;
        int start = metadata.GetInt(StartKey);
        return start >= 0 && start < tokens
            ? start
            : throw Error(file, StartKey, $"{start} is not one of the {tokens} tokens", Remedy);
    }

    private static void CheckUnique(GgufFile file, string[] pieces)
    {
        var ids = new Dictionary<string, int>();
        for (int id = 0; id < pieces.Length; id++)
            if (!ids.TryAdd(pieces[id], id))
                throw Error(file, TokensKey, $"tokens {ids[pieces[id]]} and {id} are both '{pieces[id]}'", Remedy);
    }

    private static void CheckMerges(GgufFile file, string[] pieces, string[] merges)
    {
        var known = pieces.ToHashSet();
        for (int i = 0; i < merges.Length; i++)
        {
            string[] parts = merges[i].Split(' ');
            if (parts.Length != 2) throw Error(file, MergesKey, $"merge {i} '{merges[i]}' is not a pair", Remedy);
            foreach (string piece in (string[])[.. parts, parts[0] + parts[1]])
                if (!known.Contains(piece))
                    throw Error(file, MergesKey, $"merge {i} '{merges[i]}' needs '{piece}', which is not a token", Remedy);
        }
    }

    private static InputException Error(GgufFile file, string key, string problem, string remedy) =>
        new($"{file.Name}: key '{key}'", problem, remedy);
}
