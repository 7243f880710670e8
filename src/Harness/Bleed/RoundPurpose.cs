using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>Whether a round exercised what it is for, as far as a client can see.</summary>
internal static class RoundPurpose
{
    /// <summary>What the round was to exercise and did not, in words; null if it did.</summary>
    /// <param name="round">The round.</param>
    /// <param name="transcripts">One for each request.</param>
    /// <param name="drafted">Tokens drafted meanwhile, where the server reports them apart from answers.</param>
    public static string? MissedBy(LiveRound round, IReadOnlyList<LiveTranscript> transcripts, long? drafted)
    {
        CompletionCounters[] counters = [.. transcripts.Select(transcript => transcript.Answer.Counters)];
        return round.Scenario switch
        {
            Scenario.Cache when counters.Any(counter => counter.Cached > 0) => null,
            Scenario.Cache => counters.All(counter => counter.Cached is null)
                ? "the server does not count cache hits"
                : "nothing was taken from the cache, "
                    + $"though prompts have up to {round.Requests.MaxBy(request => request.Prompt.Tokens?.Count)!.Prompt.Length}",
            Scenario.Speculation when drafted > 0 || counters.Any(counter => counter.Drafted > 0) => null,
            Scenario.Speculation => "nothing was drafted; start the server with speculation",
            Scenario.Abort => IsOverTooSoon(round, transcripts)
                ? "every answer was complete before its client left; request longer answers with --tokens"
                : null,
            Scenario.BusySlot when Later(round, transcripts).Any(HasWaited) => null,
            Scenario.BusySlot => IsOverTooSoon(round, transcripts)
                ? "every answer was complete before a request could wait for its slot; request longer answers with --tokens"
                : "no request had to wait for a slot; the server answers more than np requests at once",
            Scenario.SlotFiles => transcripts.Any(transcript =>
                round.Requests[transcript.Request].RestoresSlotOf is not null && transcript.Answer.Counters.Cached > 0)
                ? null
                : "no token of a restored slot was used",
            _ => null,
        };
    }

    /// <summary>Whether the answers were complete before it could happen: then longer ones help.</summary>
    /// <param name="round">The round.</param>
    /// <param name="transcripts">One for each request.</param>
    public static bool IsOverTooSoon(LiveRound round, IReadOnlyList<LiveTranscript> transcripts) => round.Scenario switch
    {
        Scenario.BusySlot => !Later(round, transcripts).Any(),
        Scenario.Abort => transcripts.All(transcript => transcript.End != RequestEnd.Aborted),
        _ => false,
    };

    // Answered requests that were sent while another was answered, the one that they may have to wait for.
    private static IEnumerable<(LiveTranscript Later, LiveTranscript Running)> Later(
        LiveRound round, IReadOnlyList<LiveTranscript> transcripts) =>
        from later in transcripts
        let start = round.Requests[later.Request].Start as TokensArrived
        where start is not null && later.First is not null && later.Sent < transcripts[start.Request].Last
        select (later, transcripts[start.Request]);

    // Half of the time, since a busy client may see the first token of the one before the last of the other.
    private static bool HasWaited((LiveTranscript Later, LiveTranscript Running) pair) =>
        pair.Later.First - pair.Later.Sent >= (pair.Running.Last - pair.Later.Sent) / 2;
}
