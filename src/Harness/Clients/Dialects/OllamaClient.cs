using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>ollama's own dialect: <c>POST /api/generate</c>, with the prompt as it is; an answer is lines of JSON.</summary>
internal sealed class OllamaClient(ServerConnection connection, ServerInfo info) : ICompletionClient
{
    public ServerInfo Info => info;

    public Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation) =>
        connection.SendAsync(info.Path, Body(request), async (source, token) =>
        {
            var answer = new AnswerCollector(request, source, received);
            while (await source.Reader.ReadLineAsync(token) is { } line)
            {
                if (line.IsEmpty) continue;
                AnswerJson part = AnswerJson.Parse(line, source.Reader.Where);
                if (part["error"] is { } error) throw EventStream.Refusal(source.Reader.Where, error);
                Read(part, answer);
                if (part.Required("done").IsTrue) return answer.Finish();
            }

            throw new BadAnswerException(source.Reader.Where, "the answer ended without a final line");
        }, cancellation);

    public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<int>?>(null);

    public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) => Task.FromResult<SpeculationTotals?>(null);

    public void Dispose() => connection.Dispose();

    /// <summary>The body of a request without a model.</summary>
    /// <exception cref="InputException">The prompt is token ids.</exception>
    public static JsonObject Body(Prompt prompt, int maxTokens, bool stream) => new()
    {
        ["prompt"] = prompt.Text ?? throw ChatForm.TokensRefused(),
        ["raw"] = true,
        ["stream"] = stream,
        ["options"] = new JsonObject
        {
            ["temperature"] = 0,
            ["seed"] = 1,
            ["num_predict"] = maxTokens,
        },
    };

    private JsonObject Body(CompletionRequest request)
    {
        JsonObject body = Body(request.Prompt, request.MaxTokens, request.Stream);
        body["model"] = info.Model;
        if (request.Candidates == 0) return body;
        body["logprobs"] = true;
        body["top_logprobs"] = request.Candidates;
        return body;
    }

    private static void Read(AnswerJson part, AnswerCollector answer)
    {
        string text = (part["thinking"]?.Text() ?? "") + part["response"]?.Text();
        IReadOnlyList<ServedToken>? described = part["logprobs"] is { } list ? TokenFields.List(list) : null;
        answer.Counters = new CompletionCounters(null, null, null) { Prompt = part["prompt_eval_count"]?.Int32() };
        answer.Add(TokenFields.Joined(null, described, text), text);
    }
}
