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
    /// <param name="call">The request.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="probabilities">Has its place where the tokens' log-probabilities belong; null when they were not requested.</param>
    JsonObject Whole(
        CompletionCall call, IReadOnlyList<GeneratedToken> tokens, GenerationSummary summary, StreamedArray? probabilities);

    /// <summary>A token's log-probabilities.</summary>
    JsonObject Probability(GeneratedToken token);

    /// <summary>An event of a stream: one token.</summary>
    /// <param name="call">The request.</param>
    /// <param name="token">The token.</param>
    /// <param name="count">Tokens so far, this one among them.</param>
    JsonObject Part(CompletionCall call, GeneratedToken token, int count);

    /// <summary>The events after the last token; text itself where it is not JSON.</summary>
    IEnumerable<string> Ending(CompletionCall call, GenerationSummary summary);
}
