using System.Text.RegularExpressions;

namespace Gdn.Harness.Models;

/// <summary>How byte-level BPE cuts text before it merges, by the name that files carry in <c>tokenizer.ggml.pre</c>.</summary>
/// <param name="Words">What merges never cross.</param>
/// <param name="KeepsWholeWords">Whether a word that is a token stays whole, whatever the merges would make of it.</param>
/// <remarks>Source: llama.cpp <c>src/llama-vocab.cpp</c> and <c>src/unicode.cpp</c>, v0.5.0.</remarks>
internal sealed partial record PreTokenizer(WordSplitter Words, bool KeepsWholeWords = false)
{
    private static readonly Dictionary<string, PreTokenizer> ByName = new (string[] Names, PreTokenizer Kind)[]
    {
        (["qwen2", "deepseek-r1-qwen", "grok-2", "hunyuan", "kormo", "megrez", "solar-open", "stablelm2"], Cut(Qwen2())),
        (["qwen35"], Cut(Qwen35())),
        (["kimi-k2"], Cut(KimiK2())),
        (["bailingmoe", "bailingmoe2", "llada-moe"], Cut(Bailing())),
        (["seed-coder"], Cut(SeedCoder())),
        (["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "lfm2", "midm-2.0", "pixtral"],
            Cut(Llama3()) with { KeepsWholeWords = true }),
        (["chatglm-bpe", "dbrx", "glm4", "smaug-bpe"], Cut(Llama3())),
        (["tekken"], Cut(Tekken()) with { KeepsWholeWords = true }),
        (["gpt-4o", "kanana2", "llama4", "minimax-m2"], Cut(Gpt4O())),
        (["deepseek-v3", "hunyuan-dense", "joyai-llm"], Cut(UpToThreeDigits(), ChineseAndKana(), DeepSeek3())),
        (["gpt-2", "a.x-4.0", "exaone4", "gigachat", "granite-docling", "jais", "mellum", "modern-bert", "mpt", "olmo", "phi-2",
            "trillion"], Cut(Gpt2())),
        (["starcoder", "codeshell", "command-r", "exaone", "mellum2", "minerva-7b", "refact", "smollm"],
            Cut(Digit(), Gpt2())),
    }.SelectMany(row => row.Names.Select(name => (name, row.Kind))).ToDictionary();

    /// <summary>All names, in order.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    /// <summary>The one of a name, or null.</summary>
    public static PreTokenizer? Find(string name) => ByName.GetValueOrDefault(name);

    private static PreTokenizer Cut(params Regex[] patterns) => new(new WordSplitter(patterns));

    // An English ending; letters with one sign before them; digits; signs with a space before and line ends after them; white
    // space, the last of which goes with the word after it.
    private const string Endings = "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])";
    private const string Letters = @"[^\r\n\p{L}\p{N}]?\p{L}+";
    private const string Signs = @" ?[^\s\p{L}\p{N}]+[\r\n]*";
    private const string Spaces = @"\s+(?!\S)|\s+";
    private const string WhiteSpace = @"\s*[\r\n]+|" + Spaces;

    // Words of capitals and then small letters; what has no case is both.
    private const string Capital = @"(?:(?=\p{L})[^a-z])", Small = @"(?:(?=\p{L})[^A-Z])";
    private const string SignsAndSlashes = @" ?[^\s\p{L}\p{N}]+[\r\n/]*";

    // Ideographs; those beyond U+FFFF are shown to patterns as one of them.
    private const string Han = @"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF";

    [GeneratedRegex(Endings + "|" + Letters + @"|\p{N}|" + Signs + "|" + WhiteSpace)]
    private static partial Regex Qwen2();

    // Combining marks count as letters.
    [GeneratedRegex(
        Endings + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + WhiteSpace)]
    private static partial Regex Qwen35();

    [GeneratedRegex(
        $@"[{Han}]+|[^\r\n\p{{L}}\p{{N}}]?(?:(?![{Han}])\p{{L}})+(?:{Endings})?|\p{{N}}{{1,3}}|" + Signs + "|" + WhiteSpace)]
    private static partial Regex KimiK2();

    // One line end at a time.
    [GeneratedRegex(Endings + "|" + Letters + @"|\p{N}|" + Signs + @"|\s*[\r\n]|" + Spaces)]
    private static partial Regex Bailing();

    [GeneratedRegex(Endings + "|" + Letters + @"|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|" + WhiteSpace)]
    private static partial Regex SeedCoder();

    [GeneratedRegex(Endings + "|" + Letters + @"|\p{N}{1,3}|" + Signs + "|" + WhiteSpace)]
    private static partial Regex Llama3();

    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?" + Capital + "*" + Small + @"+|[^\r\n\p{L}\p{N}]?" + Capital + "+" + Small + @"*|\p{N}|"
        + SignsAndSlashes + "|" + WhiteSpace)]
    private static partial Regex Tekken();

    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?" + Capital + "*" + Small + "+(?:" + Endings + @")?|[^\r\n\p{L}\p{N}]?" + Capital + "+" + Small
        + "*(?:" + Endings + @")?|\p{N}{1,3}|" + SignsAndSlashes + "|" + WhiteSpace)]
    private static partial Regex Gpt4O();

    [GeneratedRegex(@"\p{N}{1,3}")]
    private static partial Regex UpToThreeDigits();

    [GeneratedRegex(@"[\u4E00-\u9FA5\u3040-\u30FF]+")]
    private static partial Regex ChineseAndKana();

    [GeneratedRegex(
        @"[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|" + WhiteSpace)]
    private static partial Regex DeepSeek3();

    [GeneratedRegex(@"\p{N}")]
    private static partial Regex Digit();

    [GeneratedRegex(@"'(?:[stmd]|re|ve|ll)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)")]
    private static partial Regex Gpt2();
}
