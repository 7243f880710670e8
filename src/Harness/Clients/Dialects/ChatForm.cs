using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;
using Gdn.Reference;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>
/// <c>POST /v1/chat/completions</c>: the prompt as the message of a user, or as its messages. What the model thinks, what it says and the calls of
/// tools that it writes are one text, since a state that is not its own shows in each.
/// </summary>
internal sealed class ChatForm : IOpenAiForm
{
    // The same text under two names; some servers send both.
    private static readonly string[] Thoughts = ["reasoning_content", "reasoning"];

    public void Ask(JsonObject body, Prompt prompt, int candidates)
    {
        body["messages"] = Messages(prompt);
        if (candidates == 0) return;
        body["logprobs"] = true;
        body["top_logprobs"] = candidates;
    }

    /// <summary>The messages of a prompt.</summary>
    /// <exception cref="InputException">The prompt is token ids.</exception>
    public static JsonArray Messages(Prompt prompt)
    {
        IReadOnlyList<ChatMessage> messages =
            prompt.Messages ?? [new ChatMessage(ChatMessage.User, prompt.Text ?? throw TokensRefused())];
        return new JsonArray([.. messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Text })]);
    }

    /// <summary>The error for a prompt of token ids on a route that takes none.</summary>
    public static InputException TokensRefused() => new(
        "prompts", "they are token ids, and this route of the server takes text",
        "leave out --vocabulary, or name another route with --route");

    public string Text(AnswerJson choice)
    {
        if ((choice["delta"] ?? choice["message"]) is not { } message) return "";
        string thought = Thoughts.Select(name => message[name]?.Text()).FirstOrDefault(text => text is not null) ?? "";
        return thought + message["content"]?.Text() + string.Concat(message["tool_calls"]?.Items().Select(Call) ?? []);
    }

    // Name and arguments; a stream has the arguments in pieces, and the name in the first.
    private static string Call(AnswerJson call) => call["function"] is { } function
        ? function["name"]?.Text() + function["arguments"]?.Text()
        : "";
}
