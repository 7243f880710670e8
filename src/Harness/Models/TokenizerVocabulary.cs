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

/// <summary>A byte-level vocabulary and its merges, as a file holds them, checked.</summary>
/// <param name="PreTokenizer">Value of <c>tokenizer.ggml.pre</c>.</param>
/// <param name="Pieces">Text of each token.</param>
/// <param name="Kinds">Kind of each token.</param>
/// <param name="Merges">Pairs of pieces with a space between, most urgent first.</param>
internal sealed record TokenizerVocabulary(string PreTokenizer, string[] Pieces, TokenKind[] Kinds, string[] Merges)
{
    private const string ModelKey = "tokenizer.ggml.model";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string KindsKey = "tokenizer.ggml.token_type";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string EmbeddingTensor = "token_embd.weight";
    private const string Remedy = "convert the model again";

    /// <exception cref="InputException">Something is missing or does not fit together.</exception>
    public static TokenizerVocabulary Read(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string model = metadata.GetString(ModelKey);
        if (model != "gpt2")
            throw Error(file, ModelKey, $"'{model}' is not supported", "use a model with byte-level BPE ('gpt2')");

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

        string[] merges = metadata.GetStrings(MergesKey);
        CheckUnique(file, pieces);
        CheckMerges(file, pieces, merges);
        return new TokenizerVocabulary(
            metadata.GetString("tokenizer.ggml.pre"), pieces, Array.ConvertAll(kinds, kind => (TokenKind)kind), merges);
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
