using Gdn.Reference.Gguf;

namespace Gdn.Harness.Models;

/// <summary>
/// The vocabulary of synthetic models: the 95 printable ASCII characters, 159 pairs of letters that merges make of them,
/// and two control tokens. Whatever such a model says is printable ASCII.
/// </summary>
internal static class SyntheticVocabulary
{
    /// <summary>V.</summary>
    public const int Size = 256;

    /// <summary>Ids below this are printable; the control tokens come last.</summary>
    public const int Printable = Size - 2;

    // How byte-level BPE writes a space.
    private const char Space = '\u0120';
    private const string Vowels = "aeiou";
    private const string Consonants = "bcdfghjklmnpqrstvwxyz";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    // llama.cpp's enum llama_token_type.
    private const int NormalToken = 1;
    private const int ControlToken = 3;

    public static void AddTo(GgufWriter file)
    {
        string[] characters = [$"{Space}", .. Enumerable.Range('!', '~' - '!' + 1).Select(c => $"{(char)c}")];
        string[] control = ["<|endoftext|>", "<|im_start|>"];
        (char First, char Second)[] pairs = [.. Pairs().Take(Size - characters.Length - control.Length)];
        string[] normal = [.. characters, .. pairs.Select(p => $"{p.First}{p.Second}")];

        file.Add("tokenizer.ggml.model", "gpt2");
        file.Add("tokenizer.ggml.pre", "qwen2");
        file.Add("tokenizer.ggml.tokens", (string[])[.. normal, .. control]);
        file.Add(
            "tokenizer.ggml.token_type",
            (int[])[.. normal.Select(_ => NormalToken), .. control.Select(_ => ControlToken)]);
        file.Add("tokenizer.ggml.merges", (string[])[.. pairs.Select(p => $"{p.First} {p.Second}")]);
        file.Add("tokenizer.ggml.eos_token_id", (uint)normal.Length);
        file.Add("tokenizer.ggml.bos_token_id", (uint)normal.Length + 1);
        file.Add("tokenizer.ggml.add_bos_token", false);
    }

    private static IEnumerable<(char, char)> Pairs() =>
    [
        .. Letters.Select(letter => (Space, letter)),
        .. Consonants.SelectMany(_ => Vowels, (consonant, vowel) => (consonant, vowel)),
        .. Vowels.SelectMany(_ => Consonants, (vowel, consonant) => (vowel, consonant)),
    ];
}
