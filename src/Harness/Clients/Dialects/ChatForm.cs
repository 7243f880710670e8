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
        Say(body, prompt);
        if (candidates == 0) return;
        body["logprobs"] = true;
        body["top_logprobs"] = candidates;
    }

    /// <summary>Adds the messages of a prompt to a request, and the tool that it offers.</summary>
    /// <exception cref="InputException">The prompt is token ids.</exception>
    public static void Say(JsonObject body, Prompt prompt)
    {
        IReadOnlyList<ChatMessage> messages =
            prompt.Messages ?? [new ChatMessage(ChatMessage.User, prompt.Text ?? throw TokensRefused())];
        body["messages"] = new JsonArray(
            [.. messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Text })]);
        if (prompt.OffersTool) body["tools"] = new JsonArray(Tool());
    }

    // Its argument tells whose codeword the model has before it.
    private static JsonObject Tool() => new()
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = "tell_codeword",
            ["description"] = "Answers a question for a codeword.",
            ["parameters"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["word"] = new JsonObject { ["type"] = "string" } },
                ["required"] = new JsonArray("word"),
            },
        },
    };

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
