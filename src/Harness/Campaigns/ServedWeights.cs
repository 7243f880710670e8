using System.Diagnostics;
using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Models;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;
using Gdn.Reference.Gguf;
using Gdn.Reference.State;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>When a server's answers are judged against our own engine with the model that <c>--model</c> names.</summary>
public enum ReferenceUse
{
    /// <summary>Where the model fits into memory and can be run in reasonable time.</summary>
    Auto,

    /// <summary>However long it takes.</summary>
    Always,

    /// <summary>Not at all: the model only says how texts are tokenized.</summary>
    Never,
}

/// <summary>The weights that a server is said to serve, opened for judging its answers.</summary>
/// <param name="Model">The weights; null where answers are not judged against them.</param>
/// <param name="WhyNot">Why not, in one line; null where they are.</param>
internal sealed record ServedWeights(OracleModel? Model, string? WhyNot)
{
    // What a sweep may take for our own engine at most, and what part of the memory.
    private static readonly TimeSpan LongestReading = TimeSpan.FromMinutes(10);
    private const double MemoryShare = 0.7;

    // Some tokens of each kind: words, digits, signs, and characters that take several bytes.
    private static readonly string[] Samples =
        ["The codeword is amber.", "if (x1 >= 42) { return y[7]; }", "  two spaces\n\nand lines", "na\u00EFve \u20AC 12"];

    private static readonly BatchToken[] Trial = [.. Enumerable.Range(0, 64).Select(n => new BatchToken(0, 0, n, n == 63))];

    /// <summary>Opens them.</summary>
    /// <param name="name">The model, as on the command line.</param>
    /// <param name="use">When to use it.</param>
    /// <param name="server">The server.</param>
    /// <param name="tokens">About how many tokens are to be read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InputException">It cannot be read, or has another tokenizer than the server's.</exception>
    public static async Task<ServedWeights> OpenAsync(
        string name, ReferenceUse use, ICompletionClient server, long tokens, CancellationToken cancellation)
    {
        string path = name.StartsWith(LoadedModel.SyntheticPrefix, StringComparison.Ordinal)
            ? ModelFiles.PathOf(LoadedModel.Load(name))
            : ShippedModel.PathOf(name);
        using GgufFile file = GgufFile.Open(path);
        ModelTokenizer? tokenizer = TokenizerOf(file);
        if (tokenizer is not null) await RequireSameTokensAsync(name, tokenizer, server, cancellation);
        if (use == ReferenceUse.Never) return new ServedWeights(null, "--reference never");
        if (server.Info.Route == ServerRoute.Chat && await server.TokensOfAsync(new Prompt(Text: Samples[0]), cancellation) is null)
            return new ServedWeights(
                null, "the server wraps prompts into its chat template, and does not report the tokens that it then reads");
        try
        {
            if (use == ReferenceUse.Auto && TooLarge(file) is { } reason) return new ServedWeights(null, reason);
            EngineModel weights = EngineModel.Open(path);
            bool roundsCachesOnly = file.Tensors.Values.All(tensor => tensor.Type == GgmlType.F32)
                && server.Info.Flavour is not (ServerFlavour.Vllm or ServerFlavour.Sglang);
            var model = new OracleModel(
                weights, caches => Engine(caches), caches => Engine(caches, "+fault:slot-reuse-no-zero"), new TokenIds(tokenizer, weights.Config.Vocabulary), roundsCachesOnly);
            return use == ReferenceUse.Auto && TooSlow(model, tokens) is { } slow
                ? new ServedWeights(null, slow)
                : new ServedWeights(model, null);
        }
        catch (InputException e) when (use == ReferenceUse.Auto)
        {
            return new ServedWeights(null, e.Message);
        }
    }

    private static ModelTokenizer? TokenizerOf(GgufFile file)
    {
        try
        {
            return ModelTokenizer.Read(file);
        }
        catch (InputException)
        {
            // Ids can still be compared.
            return null;
        }
    }

    private static async Task RequireSameTokensAsync(
        string name, ModelTokenizer tokenizer, ICompletionClient server, CancellationToken cancellation)
    {
        foreach (string text in Samples)
        {
            int[] own;
            try
            {
                own = tokenizer.Encode(text, cancellation);
            }
            catch (InputException)
            {
                // Small vocabularies do not have every character.
                continue;
            }

            if (await server.TokenizeAsync(text, cancellation) is { } served && !served.SequenceEqual(own))
                throw new InputException(
                    $"--model {name}",
                    $"its tokenizer is not the server's: '{text.ReplaceLineEndings("\\n")}' is {Ids(own)} here and {Ids(served)} there",
                    "give the file that the server serves");
        }
    }

    private static string Ids(IEnumerable<int> tokens) => string.Join(' ', tokens.Take(8));

    private static NamedEngine Engine(StateFormat caches, string fault = "") => EngineCatalog.Parse(
        Invariant($"cpu+threads:{Math.Min(Environment.ProcessorCount, 16)}") + fault
        + (caches == StateFormat.F32 ? "" : Invariant($"+cache:{caches}").ToLowerInvariant()));

    private static string? TooLarge(GgufFile file)
    {
        // Blocks of Q8_0 are kept, all else becomes floats.
        long bytes = file.Tensors.Values.Sum(tensor => tensor.ElementCount * (tensor.Type == GgmlType.Q80 ? 1 : sizeof(float)));
        double available = MemoryShare * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return bytes > available
            ? Invariant($"its weights take {bytes / 1e9:F1} GB, and {available / 1e9:F1} GB are there for them")
            : null;
    }

    private static string? TooSlow(OracleModel model, long tokens)
    {
        using IModelEngine engine = model.Engine(StateFormat.F32).Create(model.Options(1));
        var logits = new float[engine.Info.Vocabulary];
        var batch = new TokenBatch(Trial);
        // The second time everything is compiled and in memory.
        engine.Decode(batch, logits);
        var watch = Stopwatch.StartNew();
        engine.Decode(batch, logits);
        double minutes = watch.Elapsed.TotalMinutes * tokens / Trial.Length;
        return minutes > LongestReading.TotalMinutes
            ? Invariant($"our own engine would take about {minutes:F0} minutes for {tokens:N0} tokens; --reference always")
            : null;
    }
}
