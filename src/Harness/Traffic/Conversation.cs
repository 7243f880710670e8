using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>Prompts that are conversations: messages for chat servers, and one text or one row of tokens for all others.</summary>
internal static class Conversation
{
    /// <summary>One that has instructions and nothing else yet.</summary>
    public static Prompt Begin(Prompt instructions) =>
        instructions.Text is { } text ? new Prompt(Text: text) { Messages = [new ChatMessage(ChatMessage.System, text)] } : instructions;

    /// <summary>The conversation with another message.</summary>
    public static Prompt Say(Prompt talk, string role, Prompt message) => Prompts.Concat(talk, message) with
    {
        Messages = message.Text is { } text ? [.. talk.Messages!, new ChatMessage(role, text)] : null,
        OffersTool = talk.OffersTool,
    };

    /// <summary>The conversation with what it was answered; null where that cannot be written down.</summary>
    public static Prompt? Answered(Prompt talk, Completion answer) => talk.Tokens is not null
        ? talk.Then(answer.Tokens)
        : Say(talk, ChatMessage.Assistant, new Prompt(Text: answer.Text));
}
