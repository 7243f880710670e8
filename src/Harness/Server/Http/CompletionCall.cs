using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Http;

/// <summary>A request for a completion as it came over HTTP.</summary>
/// <param name="Request">What is to be answered.</param>
/// <param name="Stream">Whether the client wants tokens as they come.</param>
/// <param name="ReturnTokens">Whether it wants token ids in a whole answer.</param>
/// <param name="IncludeUsage">Whether a stream is to end with token counts.</param>
internal sealed record CompletionCall(GenerationRequest Request, bool Stream, bool ReturnTokens, bool IncludeUsage)
{
    /// <summary>Whether each token of a stream is to come with the drafts so far.</summary>
    public bool CountsDrafts { get; init; }

    /// <summary>Names the answer.</summary>
    public string Id { get; } = $"cmpl-{Guid.NewGuid():N}";
}
