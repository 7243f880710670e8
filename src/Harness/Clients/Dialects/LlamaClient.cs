using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>llama-server's own dialect: <c>POST /completion</c>, with token ids both ways.</summary>
internal sealed class LlamaClient(ServerConnection connection, ServerInfo info) : ICompletionClient
{
    public ServerInfo Info => info;

    public Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation) =>
        connection.SendAsync(info.Path, Body(request), async (source, token) =>
        {
            var answer = new AnswerCollector(request, source, received);
            bool complete = false;
            if (request.Stream)
            {
                await EventStream.ReadAsync(source.Reader, part => complete = Read(part, answer), token);
            }
            else
            {
                complete = Read(await source.JsonAsync(token), answer);
            }

            return complete
                ? answer.Finish()
                : throw new BadAnswerException(source.Reader.Where, "the answer ended without a final event");
        }, cancellation);

    public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
        SharedRoutes.TokenizeAsync(connection, new JsonObject { ["content"] = text }, cancellation);

    public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) =>
        SharedRoutes.SpeculationAsync(connection, cancellation);

    public Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation) =>
        SharedRoutes.SlotAsync(connection, action, slot, file, cancellation);

    public void Dispose() => connection.Dispose();

    private JsonObject Body(CompletionRequest request)
    {
        var body = new JsonObject
        {
            ["prompt"] = SharedRoutes.PromptJson(request.Prompt),
            ["n_predict"] = request.MaxTokens,
            ["temperature"] = 0,
            ["seed"] = 1,
            ["samplers"] = new JsonArray("temperature"),
            ["ignore_eos"] = true,
            ["cache_prompt"] = request.Cache,
            ["n_probs"] = request.Candidates,
            ["return_tokens"] = true,
            ["stream"] = request.Stream,
            ["id_slot"] = request.Slot ?? -1,
            // Read by a router of several models.
            ["model"] = info.Model,
        };
        SharedRoutes.AddSpeculation(body, request);
        return body;
    }

    // Whether it was the last part.
    private static bool Read(AnswerJson part, AnswerCollector answer)
    {
        string text = part["content"]?.Text() ?? "";
        int[]? ids = part["tokens"] is { } tokens ? [.. tokens.Items().Select(id => id.Int32())] : null;
        IReadOnlyList<ServedToken>? described = part["completion_probabilities"] is { } list ? TokenFields.List(list) : null;
        IReadOnlyList<ServedToken> tokensOfPart = TokenFields.Joined(ids, described, text);
        answer.CountDrafts(part, tokensOfPart.Count);
        answer.Add(tokensOfPart, text);
        if (part.Required("stop").IsTrue is var last && last)
        {
            answer.Slot = part["id_slot"]?.Int32();
            answer.Counters = SharedRoutes.Counters(part);
        }

        return last;
    }
}
