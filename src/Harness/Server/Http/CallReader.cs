using System.Text.Json;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>Reads requests for completions, in llama-server's form and in OpenAI's.</summary>
/// <param name="prompts">Reads prompts.</param>
/// <param name="slots">np.</param>
internal sealed class CallReader(PromptReader prompts, int slots)
{
    /// <summary>Candidates with their log-probabilities that an answer holds at most, over all its tokens.</summary>
    internal const int MostCandidates = 1 << 19;

    private const double DefaultTemperature = 0.8;
    private const int DefaultOpenAiTokens = 16, DefaultChatProbabilities = 20, MostStopWords = 16;

    /// <summary>Reads llama-server's form.</summary>
    /// <exception cref="ApiException">A field cannot be used.</exception>
    public CompletionCall ReadLlama(RequestFields fields) => Read(
        fields, prompts.Read(fields),
        fields.Integer(-1, int.MaxValue, "n_predict", "max_tokens", "max_completion_tokens") ?? -1,
        fields.Integer(0, int.MaxValue, "n_probs", "logprobs") ?? 0);

    /// <summary>Reads OpenAI's form.</summary>
    /// <exception cref="ApiException">A field cannot be used.</exception>
    public CompletionCall ReadOpenAi(RequestFields fields)
    {
        if (fields.Flag("echo") is true) throw RequestFields.Error("echo", "the prompt is not sent back");
        foreach (string name in (string[])["n", "best_of"]) _ = fields.Integer(1, 1, name);
        return Read(
            fields, prompts.Read(fields),
            fields.Integer(-1, int.MaxValue, "max_tokens", "max_completion_tokens", "n_predict") ?? DefaultOpenAiTokens,
            fields.Integer(0, int.MaxValue, "logprobs", "n_probs") ?? 0);
    }

    /// <summary>Reads OpenAI's form of a chat.</summary>
    /// <exception cref="ApiException">A field cannot be used.</exception>
    public CompletionCall ReadChat(RequestFields fields)
    {
        _ = fields.Integer(1, 1, "n");
        long? candidates = fields.Integer(0, int.MaxValue, "top_logprobs");
        bool wanted = fields.Flag("logprobs") ?? false;
        if (candidates > 0 && !wanted) throw RequestFields.Error("top_logprobs", "it needs logprobs to be true");
        return Read(
            fields, prompts.ReadMessages(fields),
            fields.Integer(-1, int.MaxValue, "max_tokens", "max_completion_tokens", "n_predict") ?? -1,
            wanted ? Math.Max(1, candidates ?? DefaultChatProbabilities) : 0);
    }

    // Like llama-server: a negative length means without limit, 0 means one token, slots wrap.
    private CompletionCall Read(RequestFields fields, int[] prompt, long length, long probabilities)
    {
        long seed = fields.Integer(-1, long.MaxValue, "seed") ?? -1, slot = fields.Integer(-1, int.MaxValue, "id_slot") ?? -1;
        int candidates = (int)Math.Min(probabilities, prompts.VocabularySize);
        var request = new GenerationRequest(prompt)
        {
            MaxTokens = Math.Min(length < 0 ? int.MaxValue : Math.Max(1, (int)length), LengthWith(candidates)),
            Temperature = fields.NotNegative("temperature") ?? DefaultTemperature,
            Seed = seed < 0 ? (uint)Random.Shared.Next() : (ulong)seed,
            Probabilities = candidates,
            IgnoreEnd = fields.Flag("ignore_eos") ?? false,
            StopWords = fields.Texts("stop", MostStopWords),
            UseCache = fields.Flag("cache_prompt") ?? true,
            Drafts = (int?)fields.Integer(0, int.MaxValue, "speculative.n_max"),
            Slot = slot < 0 ? null : (int)(slot % slots),
        };
        return new CompletionCall(
            request, fields.Flag("stream") ?? false, fields.Flag("return_tokens") ?? false, IncludesUsage(fields))
        {
            CountsDrafts = fields.Flag("timings_per_token") ?? false,
        };
    }

    // An answer is kept until it is complete.
    private static int LengthWith(int candidates) => candidates == 0 ? int.MaxValue : Math.Max(1, MostCandidates / candidates);

    private static bool IncludesUsage(RequestFields fields)
    {
        if (fields.Find("stream_options") is not { } options) return false;
        return options.ValueKind == JsonValueKind.Object
            ? options.TryGetProperty("include_usage", out JsonElement value) && value.ValueKind == JsonValueKind.True
            : throw RequestFields.Error("stream_options", $"{RequestFields.Text(options)} is not an object");
    }
}
