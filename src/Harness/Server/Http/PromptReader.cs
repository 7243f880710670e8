using System.Text.Json;
using Gdn.Reference;

namespace Gdn.Harness.Server.Http;

/// <summary>Reads a prompt: a text, token ids, or both in one array.</summary>
/// <param name="vocabulary">The vocabulary.</param>
/// <param name="contextTokens">How long a sequence may grow.</param>
internal sealed class PromptReader(ServingVocabulary vocabulary, int contextTokens)
{
    private const string Field = "prompt";

    /// <summary>V.</summary>
    public int VocabularySize => vocabulary.Size;

    /// <summary>The prompt's tokens; empty for an empty prompt.</summary>
    /// <exception cref="ApiException">It is missing, malformed or too long, or has a token that does not exist.</exception>
    public int[] Read(RequestFields fields)
    {
        JsonElement prompt = fields.Require(Field);
        int[] tokens = prompt.ValueKind switch
        {
            JsonValueKind.String => Tokens(prompt),
            JsonValueKind.Array when prompt.GetArrayLength() > 0
                && prompt.EnumerateArray().All(item => item.ValueKind != JsonValueKind.Number) =>
                throw RequestFields.Error(Field, "one prompt per request: a text, or an array of token ids"),
            JsonValueKind.Array => [.. prompt.EnumerateArray().SelectMany(Tokens)],
            _ => throw RequestFields.Error(Field, $"{RequestFields.Text(prompt)} is neither a text nor an array of token ids"),
        };
        if (tokens.Length >= contextTokens)
            throw new ApiException(
                400, "exceed_context_size_error",
                $"The prompt has {tokens.Length} tokens, the context holds {contextTokens} and needs room for an answer")
            {
                Details = new Dictionary<string, int> { ["n_prompt_tokens"] = tokens.Length, ["n_ctx"] = contextTokens },
            };
        return tokens;
    }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="ApiException">It has a character without tokens.</exception>
    public int[] Encode(string field, string text)
    {
        try
        {
            return vocabulary.Encode(text);
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

    private int[] Tokens(JsonElement item) =>
        item.ValueKind == JsonValueKind.String ? Encode(Field, item.GetString()!) : [Token(Field, item)];
}
