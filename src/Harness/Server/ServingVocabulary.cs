using System.Text;
using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Gguf;

namespace Gdn.Harness.Server;

/// <summary>What a server knows of tokens: their text, and which one ends an answer.</summary>
internal sealed class ServingVocabulary
{
    private const string EndKey = "tokenizer.ggml.eos_token_id";
    private readonly ModelTokenizer _tokenizer;

    private ServingVocabulary(ModelTokenizer tokenizer, int end)
    {
        _tokenizer = tokenizer;
        End = end;
    }

    /// <summary>V.</summary>
    public int Size => _tokenizer.Vocabulary;

    /// <summary>The token that ends an answer; -1 when the model has none.</summary>
    public int End { get; }

    /// <summary>The vocabulary in a model's file.</summary>
    /// <exception cref="InputException">The file has no tokenizer that can be used.</exception>
    public static ServingVocabulary Of(LoadedModel model)
    {
        using GgufFile file = GgufFile.Open(ModelFiles.PathOf(model));
        return new ServingVocabulary(
            ModelTokenizer.Read(file), file.Metadata.ContainsKey(EndKey) ? file.Metadata.GetInt(EndKey) : -1);
    }

    /// <inheritdoc cref="ModelTokenizer.Encode"/>
    public int[] Encode(string text, CancellationToken cancellation) => _tokenizer.Encode(text, cancellation);

    /// <inheritdoc cref="ModelTokenizer.Decode"/>
    public string Decode(IEnumerable<int> tokens) => _tokenizer.Decode(tokens);

    /// <summary>The bytes of a token's text; none for a control token.</summary>
    public ReadOnlySpan<byte> Bytes(int token) => _tokenizer.Bytes(token);

    /// <summary>The text of one token by itself; none for a control token.</summary>
    public string Text(int token) => Encoding.UTF8.GetString(Bytes(token));
}
