using System.Text.Json.Nodes;
using Gdn.Harness.Clients.Http;

namespace Gdn.Harness.Clients.Dialects;

/// <summary>What a server's chat template makes of messages.</summary>
internal static class ChatTemplate
{
    /// <summary>The tokens of a prompt in the template, or null where the server does not report them.</summary>
    public static async Task<IReadOnlyList<int>?> TokensAsync(
        ServerConnection connection, ServerInfo info, Prompt prompt, CancellationToken cancellation)
    {
        var messages = new JsonObject();
        ChatForm.Say(messages, prompt);
        switch (info.Flavour)
        {
            // The server's own chat route adds the model's first token too, and reads the template's marks as tokens.
            case ServerFlavour.LlamaCpp or ServerFlavour.IkLlama or ServerFlavour.GdnHarness:
                return await TextAsync(connection, messages, cancellation) is { } text
                    ? await SharedRoutes.TokenizeAsync(
                        connection,
                        new JsonObject { ["content"] = text, ["add_special"] = true, ["parse_special"] = true }, cancellation)
                    : null;
            case ServerFlavour.Vllm:
                messages["model"] = info.Model;
                messages["add_generation_prompt"] = true;
                return await SharedRoutes.TokenizeAsync(connection, messages, cancellation);
            default:
                return null;
        }
    }

    private static Task<string?> TextAsync(ServerConnection connection, JsonObject messages, CancellationToken cancellation) =>
        SharedRoutes.UnlessRefusedAsync(connection.SendAsync(
            connection.Address.Own("/apply-template"), messages,
            async (answer, token) => (await answer.JsonAsync(token)).Required("prompt").Text(), cancellation));
}
