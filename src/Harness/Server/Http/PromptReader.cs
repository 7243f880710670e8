using System.Text.Json;
using Gdn.Reference;

namespace Gdn.Harness.Server.Http;

/// <summary>Reads a prompt: a text, token ids, or both in one array; or the messages of a chat.</summary>
/// <param name="vocabulary">The vocabulary.</param>
/// <param name="contextTokens">How long a sequence may grow.</param>
internal sealed class PromptReader(ServingVocabulary vocabulary, int contextTokens)
{
    private const string Field = "prompt", Messages = "messages";

    /// <summary>V.</summary>
    public int VocabularySize => vocabulary.Size;

    /// <summary>The prompt's tokens; empty for an empty prompt.</summary>
    /// <exception cref="ApiException">It is missing, malformed or too long, or has a token that does not exist.</exception>
    public int[] Read(RequestFields fields)
    {
        JsonElement prompt = fields.Require(Field);
        int[] tokens = prompt.ValueKind switch
        {
            JsonValueKind.String => Tokens(prompt, fields.Cancellation),
            JsonValueKind.Array when prompt.GetArrayLength() > 0
                && prompt.EnumerateArray().All(item => item.ValueKind != JsonValueKind.Number) =>
                throw RequestFields.Error(Field, "one prompt per request: a text, or an array of token ids"),
            JsonValueKind.Array => [.. prompt.EnumerateArray().SelectMany(item => Tokens(item, fields.Cancellation))],
            _ => throw RequestFields.Error(Field, $"{RequestFields.Text(prompt)} is neither a text nor an array of token ids"),
        };
        return Fitting(tokens);
    }

    /// <summary>The tokens of a chat.</summary>
    /// <exception cref="ApiException">It is missing, malformed or too long, or has a character without tokens.</exception>
    public int[] ReadMessages(RequestFields fields) => Fitting(Encode(Messages, TextOfMessages(fields), fields.Cancellation));

    /// <summary>
    /// A chat as a text: that of each message on a line of its own. The models that ship know no marks of roles.
    /// </summary>
    /// <exception cref="ApiException">It is missing or malformed.</exception>
    public static string TextOfMessages(RequestFields fields)
    {
        JsonElement messages = fields.Require(Messages);
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
            throw RequestFields.Error(Messages, $"{RequestFields.Text(messages)} is not an array of messages");
        return string.Join('\n', messages.EnumerateArray().Select(TextOf));
    }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="ApiException">It has a character without tokens.</exception>
    public int[] Encode(string field, string text, CancellationToken cancellation)
    {
        try
        {
            return vocabulary.Encode(text, cancellation);
        }
        catch (InputException e)
        {
            throw RequestFields.Error(field, e.Problem);
        }
    }

    /// <summary>A token's id.</summary>
    /// <exception cref="ApiException">The token does not exist.</exception>
    public int Token(string field, JsonElement item) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && id >= 0 && id < vocabulary.Size
            ? id
            : throw RequestFields.Error(field, $"{RequestFields.Text(item)} is not a token id from 0 to {vocabulary.Size - 1}");

    private int[] Fitting(int[] tokens)
    {
        if (tokens.Length >= contextTokens)
            throw new ApiException(
                400, "exceed_context_size_error",
                $"The prompt has {tokens.Length} tokens, the context holds {contextTokens} and needs room for an answer")
            {
                Details = new Dictionary<string, int> { ["n_prompt_tokens"] = tokens.Length, ["n_ctx"] = contextTokens },
            };
        return tokens;
    }

    // A text, or parts of which some are texts; nothing beside a call of a tool.
    private static string TextOf(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) throw RequestFields.Error(Messages, $"{RequestFields.Text(message)} is no message");
        if (!message.TryGetProperty("content", out JsonElement content)) return "";
        return content.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(PartOf)),
            _ => throw RequestFields.Error(Messages, $"{RequestFields.Text(content)} is not a text"),
        };
    }

    private static string PartOf(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw RequestFields.Error(Messages, $"{RequestFields.Text(part)} is not a part with a text");

    private int[] Tokens(JsonElement item, CancellationToken cancellation) =>
        item.ValueKind == JsonValueKind.String ? Encode(Field, item.GetString()!, cancellation) : [Token(Field, item)];
}
