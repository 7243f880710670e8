using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using static System.FormattableString;

namespace Gdn.Harness.MtpDiff;

/// <summary>The prompts of a comparison.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="Decode">The text of tokens; null where the model has no language.</param>
internal sealed record PromptSet(IReadOnlyList<NamedPrompt> Prompts, Func<IEnumerable<int>, string>? Decode)
{
    private const int NameLength = 48, RandomPrompts = 6, RandomLength = 40, MaxBytes = 16 << 20;

    /// <summary>
    /// Code, prose, lists and repetition: drafts are accepted by turns often and hardly ever. The first is what users try.
    /// </summary>
    private static readonly string[] BuiltIn =
    [
        "Write a quick sort implementation in python",
        "def add(a, b):\n    return a + b\n\ndef sub(a, b):\n    return a",
        "The codeword of the red box is 4711. The codeword of the blue box is 1147. The codeword of the red box is",
        "Count from one to twenty: one, two, three, four,",
        "Once upon a time there was a river that",
        "12 + 7 = 19\n30 + 11 = 41\n25 + 16 =",
        "- apples\n- pears\n- plums\n- apples\n- pears\n-",
        "Explain why the sky is blue in one sentence.",
    ];

    /// <summary>
    /// The built-in prompts, or those of a file, one a line. A model whose vocabulary cannot say them gets random tokens instead.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file; null for the built-in ones.</param>
    /// <exception cref="InputException">The file cannot be used with this model.</exception>
    public static PromptSet Of(LoadedModel model, string? path)
    {
        try
        {
            using GgufFile file = LoadedModel.Open(model.Name);
            ModelTokenizer tokenizer = ModelTokenizer.Read(file);
            return new PromptSet(
                [.. Texts(path).Select(prompt => new NamedPrompt(prompt.Name, tokenizer.Encode(prompt.Text)))],
                tokenizer.Decode);
        }
        catch (InputException) when (path is null)
        {
            return Random(model);
        }
    }

    /// <summary>The text of tokens, or their ids where the model has no language.</summary>
    public string Text(IEnumerable<int> tokens) => Decode is null ? string.Join(' ', tokens) : Decode(tokens);

    /// <summary>The texts of the built-in prompts, or those of a file, one a line, with their names.</summary>
    /// <param name="path">The file; null for the built-in ones.</param>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static IReadOnlyList<(string Name, string Text)> Texts(string? path) =>
        [.. (path is null ? BuiltIn : Read(path)).Select(text => (NameOf(text), text))];

    private static PromptSet Random(LoadedModel model)
    {
        var random = new SeededRandom(0);
        int length = Math.Min(RandomLength, model.Config.MaxPositions / 2);
        return new PromptSet(
            [.. Enumerable.Range(0, RandomPrompts).Select(i => new NamedPrompt(
                Invariant($"random tokens {i}"),
                random.NextTokens(Math.Max(1, length - 3 * i), model.Config.Vocabulary)))],
            Decode: null);
    }

    private static string[] Read(string path)
    {
        string[] lines = [.. InputFile.ReadText(path, "a file of prompts", MaxBytes).ReplaceLineEndings("\n").Split('\n')
            .Where(line => line.Trim().Length > 0)];
        return lines.Length > 0 ? lines : throw new InputException("--prompts", $"'{path}' has no prompt", "write one in each line");
    }

    private static string NameOf(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= NameLength ? line : line[..(NameLength - 3)] + "...";
    }
}
