using System.Text.Json.Nodes;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>A form of completions over HTTP: how a request is read, and how an answer is written.</summary>
internal interface ICompletionFormat
{
    /// <summary>Reads a request.</summary>
    /// <exception cref="ApiException">A field cannot be used.</exception>
    CompletionCall Read(RequestFields fields);

    /// <summary>A whole answer.</summary>
    JsonObject Whole(CompletionCall call, IReadOnlyList<GeneratedToken> tokens, GenerationSummary summary);

    /// <summary>An event of a stream: one token.</summary>
    /// <param name="call">The request.</param>
    /// <param name="token">The token.</param>
    /// <param name="count">Tokens so far, this one among them.</param>
    JsonObject Part(CompletionCall call, GeneratedToken token, int count);

    /// <summary>The events after the last token; text itself where it is not JSON.</summary>
    IEnumerable<string> Ending(CompletionCall call, GenerationSummary summary);
}
