using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>How a request ended.</summary>
public enum RequestEnd
{
    /// <summary>With its answer.</summary>
    Answered,

    /// <summary>Its client left, as planned.</summary>
    Aborted,

    /// <summary>Without a usable answer.</summary>
    Failed,
}

/// <summary>What a request of a round was answered, as far as it got.</summary>
/// <param name="Request">Its index in the round.</param>
/// <param name="End">How it ended.</param>
/// <param name="Answer">The answer, complete or not.</param>
/// <param name="Failure">Why there is no usable answer; null if there is one.</param>
/// <param name="Sent">When it was sent, since the round began.</param>
/// <param name="First">When the first token came; null if none did.</param>
/// <param name="Last">When the last one came; null if none did.</param>
public sealed record LiveTranscript(
    int Request, RequestEnd End, Completion Answer, string? Failure, TimeSpan Sent, TimeSpan? First, TimeSpan? Last)
{
    /// <summary>The slot that it named; null if it left the choice to the server.</summary>
    public int? Slot { get; init; }

    /// <summary>What was wrong with what the server sent; null where nothing was, or where the client gave up.</summary>
    public BadAnswerException? Fault { get; init; }

    /// <summary>When each token came.</summary>
    public IReadOnlyList<TimeSpan> Arrivals { get; init; } = [];

    // An answer that comes in one piece has been in progress since it was requested.
    private TimeSpan? Begun => First == Last ? Sent : First;

    /// <summary>The most requests that were being answered at the same time.</summary>
    public static int Overlap(IEnumerable<LiveTranscript> transcripts)
    {
        LiveTranscript[] answered = [.. transcripts.Where(transcript => transcript.First is not null)];
        return answered.Length == 0
            ? 0
            : answered.Max(one => answered.Count(other => other.Begun <= one.Begun && one.Begun <= other.Last));
    }
}
