using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary><c>POST /v1/completions</c>: the prompt as it is.</summary>
internal sealed class CompletionForm : IOpenAiForm
{
    public void Ask(JsonObject body, Prompt prompt, int candidates)
    {
        body["prompt"] = SharedRoutes.PromptJson(prompt);
        if (candidates > 0) body["logprobs"] = candidates;
    }

    public string Text(AnswerJson choice) => choice["text"]?.Text() ?? "";
}
