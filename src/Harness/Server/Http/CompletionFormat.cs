using System.Text.Json.Nodes;

namespace Gdn.Harness.Server.Http;

/// <summary><c>POST /v1/completions</c>: a prompt, continued.</summary>
internal sealed class CompletionFormat(CallReader reader, ServingVocabulary vocabulary, string model, string build)
    : OpenAiFormat(vocabulary, model, build)
{
    private const string Name = "text_completion", Field = "text";

    /// <inheritdoc/>
    public override CompletionCall Read(RequestFields fields) => reader.ReadOpenAi(fields);

    /// <inheritdoc/>
    protected override Wrapped WholeText(string text) => new(Name, Field, JsonValue.Create(text));

    /// <inheritdoc/>
    protected override Wrapped PartText(string text, bool isFirst) => WholeText(text);
}
