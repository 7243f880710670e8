using Gdn.Reference.Gguf;

namespace Gdn.Properties.Harness.Models;

/// <summary>A file with a tokenizer whose vocabulary has all 256 bytes, some merges, and a token of every kind.</summary>
internal sealed record TokenizerFile
{
    /// <summary>Byte b is token b.</summary>
    public static readonly string[] ByteCharacters = MakeByteCharacters();

    public string? Model { get; init; } = "gpt2";

    public string? PreTokenizer { get; init; } = "qwen2";

    public string[] Tokens { get; init; } =
    [
        .. ByteCharacters, "he", "ll", "hell", "hello", $"{ByteCharacters[' ']}w", "or", "<think>", "<|end|>", "12",
        .. new[] { ByteCharacters[0xCC] + ByteCharacters[0x81] },
    ];

    public object? Kinds { get; init; }

    public object? Merges { get; init; } = (string[])
    [
        "h e", "l l", "he ll", "hell o", $"{ByteCharacters[' ']} w", "o r", "1 2",
        $"{ByteCharacters[0xCC]} {ByteCharacters[0x81]}",
    ];

    public int EmbeddingRows { get; init; } = 266;

    public GgufFile Open()
    {
        var writer = new GgufWriter();
        void Add(string key, object? value)
        {
            if (value is not null) writer.Add($"tokenizer.ggml.{key}", new GgufValue(value));
        }

        Add("model", Model);
        Add("pre", PreTokenizer);
        Add("tokens", Tokens);
        Add("token_type", Kinds ?? (int[])[.. Tokens.Select(KindOf)]);
        Add("merges", Merges);
        writer.Add("token_embd.weight", [1, EmbeddingRows], new float[EmbeddingRows]);
        using var stream = new MemoryStream();
        writer.Write(stream);
        return GgufFile.Parse("m.gguf", stream.ToArray());
    }

    private static int KindOf(string token) => token switch
    {
        "<think>" => 4,
        "<|end|>" => 3,
        _ => 1,
    };

    // Printable bytes are themselves; the others take the characters from U+0100 on, in order.
    private static string[] MakeByteCharacters()
    {
        var characters = new string[256];
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is > 0x20 and < 0x7F or > 0xA0 and not 0xAD;
            characters[b] = $"{(char)(printable ? b : next++)}";
        }

        return characters;
    }
}
