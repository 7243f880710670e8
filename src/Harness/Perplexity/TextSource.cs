using System.Text;
using Gdn.Harness.Models;
using Gdn.Harness.TrainingText;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using static System.FormattableString;

namespace Gdn.Harness.Perplexity;

/// <summary>A text to score, in the tokens of a model.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Text">The text.</param>
public sealed record TextSource(string Name, ScoredText Text)
{
    // More than any text has to a token, so that enough of the built-in text is made.
    private const int BytesPerToken = 16;

    private const int MaxBytes = 1 << 28;

    /// <summary>The text of a file, or the built-in one.</summary>
    /// <param name="model">The model whose tokens it gets.</param>
    /// <param name="path">
    /// The file; null for the text on which the shipped model is measured, or random tokens for a model that is random itself.
    /// </param>
    /// <param name="context">Tokens of a chunk.</param>
    /// <param name="chunks">At most so many.</param>
    /// <exception cref="InputException">It cannot be read, has no tokens in the model's vocabulary, or is too short.</exception>
    public static TextSource Of(LoadedModel model, string? path, int context, int chunks)
    {
        if (path is null && model.Name.StartsWith(LoadedModel.SyntheticPrefix, StringComparison.Ordinal))
            return new TextSource("of random tokens", Random(model.Config.Vocabulary, context, chunks));
        using GgufFile file = LoadedModel.Open(model.Name);
        ModelTokenizer tokenizer = ModelTokenizer.Read(file);
        string text = path is null ? BuiltIn(context, chunks) : InputFile.ReadText(path, "a text", MaxBytes);
        int? start = tokenizer.Start;
        int[] tokens = [.. start is { } id ? [id] : Array.Empty<int>(), .. tokenizer.Encode(text)];
        return new TextSource(path ?? "built in", new ScoredText(tokens, context, start, chunks));
    }

    /// <summary>The text of a base file: the same tokens, in the same chunks.</summary>
    /// <param name="model">The model that is to be compared.</param>
    /// <param name="file">The base.</param>
    /// <param name="chunks">At most so many.</param>
    /// <exception cref="InputException">The model has another vocabulary, or does not take as many tokens.</exception>
    internal static TextSource Of(LoadedModel model, KlBaseFile file, int chunks)
    {
        if (file.Vocabulary != model.Config.Vocabulary)
            throw new InputException(
                $"'{file.Name}'", Invariant($"its model has {file.Vocabulary} tokens, {model.Name} has {model.Config.Vocabulary}"),
                "compare models with the same tokenizer");
        if (file.Context > model.Config.MaxPositions)
            throw new InputException(
                $"'{file.Name}'", Invariant($"its chunks have {file.Context} tokens, {model.Name} takes {model.Config.MaxPositions}"),
                "save it with a smaller context");
        int? start = model.Name.StartsWith(LoadedModel.SyntheticPrefix, StringComparison.Ordinal) ? null : StartOf(model);
        return new TextSource($"of {file.Name}", new ScoredText(file.Tokens, file.Context, start, chunks));
    }

    private static int? StartOf(LoadedModel model)
    {
        using GgufFile file = LoadedModel.Open(model.Name);
        return ModelTokenizer.Read(file).Start;
    }

    private static ScoredText Random(int vocabulary, int context, int chunks) =>
        new(new SeededRandom(1).NextTokens(context * Math.Max(2, chunks), vocabulary), context);

    /// <summary>The text on which the shipped model is measured, enough of it for so many chunks.</summary>
    public static string BuiltIn(int context, int chunks)
    {
        var text = new StringWriter(new StringBuilder());
        CorpusGenerator.Write(CorpusSplit.Test, seed: 1, (long)BytesPerToken * context * chunks, text);
        return text.ToString();
    }
}
