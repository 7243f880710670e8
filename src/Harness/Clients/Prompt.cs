using System.Globalization;
using System.Text.Json.Serialization;

namespace Gdn.Harness.Clients;

/// <summary>What a request asks to be continued: token ids, or text for servers and models whose ids are not known.</summary>
/// <param name="Tokens">Token ids; null for a text.</param>
/// <param name="Text">The text; for token ids what they spell, where that is known.</param>
public sealed record Prompt(IReadOnlyList<int>? Tokens = null, string? Text = null)
{
    /// <summary>The text as the messages of a conversation, for chat servers; null for one message of a user.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>Whether chat servers are offered a tool with it, which takes a codeword.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OffersTool { get; init; }

    /// <summary>Equal for prompts that ask the same.</summary>
    [JsonIgnore]
    public string Key => Tokens is null
        ? (OffersTool ? "tool and text:" : "text:") + Text
        : "ids:" + string.Join(',', Tokens.Select(token => token.ToString(CultureInfo.InvariantCulture)));

    /// <summary>How long it is, in words.</summary>
    [JsonIgnore]
    public string Length => Tokens is null ? $"{Text!.Length} characters" : $"{Tokens.Count} tokens";

    /// <summary>
    /// The prompt with a part of its answer behind it, or null where that cannot be written down: ids behind a prompt of
    /// ids, text behind text, and a server need not give both.
    /// </summary>
    public Prompt? Then(IReadOnlyList<ServedToken> answer)
    {
        if (answer.Count == 0) return this;
        if (Tokens is not null)
            return answer.All(token => token.Id is not null)
                ? new Prompt([.. Tokens, .. answer.Select(token => token.Id!.Value)])
                : null;
        return answer.All(token => token.Text.Length > 0)
            ? new Prompt(Text: Text + string.Concat(answer.Select(token => token.Text)))
            : null;
    }
}
