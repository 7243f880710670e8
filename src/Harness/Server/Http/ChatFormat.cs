using System.Text.Json.Nodes;

namespace Gdn.Harness.Server.Http;

/// <summary><c>POST /v1/chat/completions</c>: messages, answered by the next one.</summary>
internal sealed class ChatFormat(CallReader reader, ServingVocabulary vocabulary, string model, string build)
    : OpenAiFormat(vocabulary, model, build)
{
    /// <inheritdoc/>
    public override CompletionCall Read(RequestFields fields) => reader.ReadChat(fields);

    /// <inheritdoc/>
    protected override Wrapped WholeText(string text) =>
        new("chat.completion", "message", new JsonObject { ["role"] = "assistant", ["content"] = text });

    /// <inheritdoc/>
    protected override Wrapped PartText(string text, bool isFirst)
    {
        var delta = new JsonObject();
        if (isFirst) delta["role"] = "assistant";
        if (text.Length > 0) delta["content"] = text;
        return new Wrapped("chat.completion.chunk", "delta", delta);
    }
}
