using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>When a request's first token came, by the tokens of others: what is known from outside of a server's passes.</summary>
/// <param name="Beside">The request that was being answered then, and had been for longest; null if none was.</param>
/// <param name="Count">How many tokens that one had.</param>
/// <param name="Before">Requests that had ended.</param>
internal sealed record FirstToken(int? Beside, int Count, IReadOnlyList<int> Before)
{
    // How far the count of tokens by then may be off, because tokens of one pass come in any order.
    private const int Jitter = 3;

    /// <summary>When a request's first token came; one that never came counts as later than all others.</summary>
    public static FirstToken Of(LiveTranscript transcript, IReadOnlyList<LiveTranscript> all)
    {
        TimeSpan at = transcript.First ?? TimeSpan.MaxValue;
        LiveTranscript? beside = all
            .Where(other => other.Request != transcript.Request && other.First < at && other.Last >= at)
            .MinBy(other => other.First);
        return new FirstToken(
            beside?.Request, beside is null ? 0 : CountAt(transcript.Arrivals, beside.Arrivals),
            [.. all.Where(other => other.Last < at).Select(other => other.Request)]);
    }

    // Tokens of one pass come close together, and all later ones of both tell which these are.
    private static int CountAt(IReadOnlyList<TimeSpan> own, IReadOnlyList<TimeSpan> other)
    {
        int count = other.Count(arrival => arrival <= own[0]);
        return Enumerable.Range(count - Jitter, 2 * Jitter + 1)
            .Where(candidate => candidate >= 1 && candidate <= other.Count)
            .OrderBy(candidate => Math.Abs(candidate - count))
            .MinBy(candidate => Distance(own, other, candidate - 1));
    }

    // The middle one of the distances: some are late for reasons of their own.
    private static TimeSpan Distance(IReadOnlyList<TimeSpan> own, IReadOnlyList<TimeSpan> other, int offset)
    {
        TimeSpan[] distances =
        [
            .. Enumerable.Range(0, Math.Min(own.Count, other.Count - offset))
                .Select(n => (own[n] - other[offset + n]).Duration()).Order(),
        ];
        return distances[distances.Length / 2];
    }
}
