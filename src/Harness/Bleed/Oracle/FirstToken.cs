using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>When a request's first token came, by the tokens of others: what is known from outside of a server's passes.</summary>
/// <param name="Beside">The request that was being answered then, and had been for longest; null if none was.</param>
/// <param name="Count">How many tokens that one had.</param>
/// <param name="Before">Requests that had ended.</param>
internal sealed record FirstToken(int? Beside, int Count, IReadOnlyList<int> Before)
{
    /// <summary>When a request's first token came; one that never came counts as later than all others.</summary>
    public static FirstToken Of(LiveTranscript transcript, IReadOnlyList<LiveTranscript> all)
    {
        TimeSpan at = transcript.First ?? TimeSpan.MaxValue;
        LiveTranscript? beside = all
            .Where(other => other.Request != transcript.Request && other.First < at && other.Last >= at)
            .MinBy(other => other.First);
        return new FirstToken(
            beside?.Request, beside?.Arrivals.Count(arrival => arrival <= at) ?? 0,
            [.. all.Where(other => other.Last < at).Select(other => other.Request)]);
    }
}
