using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Gdn.Harness.Server.Http;

/// <summary>Chats to texts, texts to tokens and back.</summary>
internal sealed class TokenEndpoints(PromptReader prompts, ServingVocabulary vocabulary)
{
    /// <summary><c>POST /tokenize</c></summary>
    /// <exception cref="ApiException">The request cannot be used.</exception>
    public async Task Tokenize(HttpContext context)
    {
        RequestFields fields = await Bodies.Read(context);
        int[] tokens = prompts.Encode("content", fields.Text("content"), fields.Cancellation);
        bool pieces = fields.Flag("with_pieces") ?? false;
        await Bodies.Write(context, new JsonObject
        {
            ["tokens"] = pieces ? new JsonArray([.. tokens.Select(Piece)]) : JsonParts.Array(tokens),
        });
    }

    /// <summary><c>POST /detokenize</c></summary>
    /// <exception cref="ApiException">The request cannot be used.</exception>
    public async Task Detokenize(HttpContext context)
    {
        JsonElement tokens = (await Bodies.Read(context)).Require("tokens");
        if (tokens.ValueKind != JsonValueKind.Array)
            throw RequestFields.Error("tokens", $"{RequestFields.Text(tokens)} is not an array of token ids");
        int[] ids = [.. tokens.EnumerateArray().Select(item => prompts.Token("tokens", item))];
        await Bodies.Write(context, new JsonObject { ["content"] = vocabulary.Decode(ids) });
    }

    /// <summary><c>POST /apply-template</c>: the prompt that a chat becomes.</summary>
    /// <exception cref="ApiException">The request cannot be used.</exception>
    public static async Task ApplyTemplate(HttpContext context) => await Bodies.Write(
        context, new JsonObject { ["prompt"] = PromptReader.TextOfMessages(await Bodies.Read(context)) });

    private JsonObject Piece(int token) => new() { ["id"] = token, ["piece"] = vocabulary.Text(token) };
}
