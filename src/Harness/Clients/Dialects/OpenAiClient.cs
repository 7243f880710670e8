using System.Globalization;
using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>OpenAI's dialect, with what each server adds to it.</summary>
internal sealed class OpenAiClient(ServerConnection connection, ServerInfo info, IOpenAiForm form) : ICompletionClient
{
    // What not every server knows; without it, there are no counters.
    private const string StreamOptions = "stream_options";

    // Not every server reports as many candidates as requested, or any: OpenAI's own limit, then none.
    private const int FewCandidates = 5;

    private long _requests;
    private volatile bool _refusesStreamOptions, _answered;
    private volatile int _candidatesMost = int.MaxValue;

    public ServerInfo Info => info;

    public async Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                Completion answer = await AskAsync(request, received, cancellation);
                _answered = true;
                return answer;
            }
            catch (BadAnswerException e) when (CanDoWithout(e.Message))
            {
                // Asked again without what was refused.
            }
        }
    }

    public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) => info.Flavour switch
    {
        ServerFlavour.LlamaCpp or ServerFlavour.IkLlama or ServerFlavour.GdnHarness =>
            SharedRoutes.TokenizeAsync(connection, new JsonObject { ["content"] = text }, cancellation),
        ServerFlavour.Vllm => SharedRoutes.TokenizeAsync(
            connection,
            new JsonObject { ["model"] = info.Model, ["prompt"] = text, ["add_special_tokens"] = false }, cancellation),
        _ => Task.FromResult<IReadOnlyList<int>?>(null),
    };

    public Task<IReadOnlyList<int>?> TokensOfAsync(Prompt prompt, CancellationToken cancellation) =>
        info.Route == ServerRoute.Chat
            ? ChatTemplate.TokensAsync(connection, info, prompt, cancellation)
            : Task.FromResult(prompt.Tokens);

    public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) =>
        SharedRoutes.SpeculationAsync(connection, cancellation);

    public Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation) =>
        SharedRoutes.SlotAsync(connection, action, slot, file, cancellation);

    public void Dispose() => connection.Dispose();

    // What the server cannot do it refuses the first request already, which is alone. A later refusal has another reason.
    private bool CanDoWithout(string refusal)
    {
        if (_answered) return false;
        if (!_refusesStreamOptions && refusal.Contains(StreamOptions, StringComparison.Ordinal))
            return _refusesStreamOptions = true;
        if (_candidatesMost == 0 || !refusal.Contains("logprobs", StringComparison.Ordinal)) return false;
        _candidatesMost = _candidatesMost > FewCandidates ? FewCandidates : 0;
        return true;
    }

    private Task<Completion> AskAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation) =>
        connection.SendAsync(info.Path, Body(request), async (source, token) =>
        {
            var answer = new AnswerCollector(request, source, received);
            if (!request.Stream)
            {
                Read(await source.JsonAsync(token), answer);
                return answer.Finish();
            }

            // The end is an event of its own; some servers leave it out, and only give a reason for the end.
            bool finished = false;
            bool ended = await EventStream.ReadAsync(
                source.Reader,
                part =>
                {
                    Read(part, answer);
                    finished |= part["choices"]?.Items() is [var choice, ..] && choice["finish_reason"]?.Text() is { Length: > 0 };
                    return false;
                },
                token);
            return ended || finished
                ? answer.Finish()
                : throw new BadAnswerException(source.Reader.Where, "the answer ended without a final event");
        }, cancellation);

    private JsonObject Body(CompletionRequest request)
    {
        var body = new JsonObject();
        form.Ask(body, request.Prompt, Math.Min(request.Candidates, _candidatesMost));
        body["max_tokens"] = request.MaxTokens;
        body["temperature"] = 0;
        body["seed"] = 1;
        body["stream"] = request.Stream;
        if (info.Model is { } model) body["model"] = model;
        if (request.Stream && !_refusesStreamOptions) body[StreamOptions] = new JsonObject { ["include_usage"] = true };
        if (info.Flavour is not (ServerFlavour.Ollama or ServerFlavour.Unknown)) body["ignore_eos"] = true;
        switch (info.Flavour)
        {
            case ServerFlavour.LlamaCpp or ServerFlavour.IkLlama or ServerFlavour.GdnHarness:
                body["id_slot"] = request.Slot ?? -1;
                body["cache_prompt"] = request.Cache;
                body["samplers"] = new JsonArray("temperature");
                SharedRoutes.AddSpeculation(body, request);
                break;
            case ServerFlavour.Vllm:
                body["return_token_ids"] = true;
                body["return_tokens_as_token_ids"] = true;
                // Prefixes are shared only between requests of the same salt.
                if (!request.Cache) body["cache_salt"] = Salt();
                break;
            case ServerFlavour.Sglang:
                body["return_token_ids"] = true;
                break;
        }

        return body;
    }

    private string Salt() => string.Create(
        CultureInfo.InvariantCulture,
        $"gdn-harness-{Environment.ProcessId}-{Environment.TickCount64}-{Interlocked.Increment(ref _requests)}");

    private void Read(AnswerJson part, AnswerCollector answer)
    {
        // Counters come in a part of their own, with no choices, or with the last one.
        CompletionCounters counters = SharedRoutes.Counters(part);
        answer.Counters = new CompletionCounters(
            counters.Cached ?? answer.Counters.Cached, counters.Drafted ?? answer.Counters.Drafted,
            counters.Accepted ?? answer.Counters.Accepted)
        {
            Prompt = counters.Prompt ?? answer.Counters.Prompt,
            Answer = counters.Answer ?? answer.Counters.Answer,
        };
        if (part["id_slot"]?.Int32() is { } slot and >= 0) answer.Slot = slot;
        if (part.Required("choices").Items() is not [var choice, ..]) return;

        string text = form.Text(choice);
        int[]? ids = choice["token_ids"] is { } list ? [.. list.Items().Select(id => id.Int32())] : null;
        IReadOnlyList<ServedToken>? described = choice["logprobs"] switch
        {
            null => null,
            { } logprobs when logprobs["content"] is { } content => TokenFields.List(content),
            { } logprobs when logprobs["tokens"] is not null => TokenFields.Legacy(logprobs),
            _ => null,
        };
        if (info.Flavour == ServerFlavour.IkLlama && described is not null)
            described = [.. described.Select(ReportedLogProbabilities.WithTailOnce)];
        IReadOnlyList<ServedToken> tokens = TokenFields.Joined(ids, described, text);
        // Where tokens are reported as ids, the only one of a part has its text.
        if (tokens is [{ Text: "" } only]) tokens = [only with { Text = text }];
        answer.CountDrafts(part, tokens.Count);
        answer.Add(tokens, text);
    }
}
