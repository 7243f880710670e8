using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Bleed;

/// <summary>Requests of a round that a server did not take at first, because it had too many.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Status">The HTTP status of the first of them.</param>
public sealed record BusyRefusals(int Requests, int Status)
{
    /// <summary>Those of a round; null if there were none.</summary>
    internal static BusyRefusals? Of(IReadOnlyList<LiveTranscript> transcripts)
    {
        int[] statuses = [.. transcripts.Select(transcript => transcript.Answer.RefusedWith).OfType<int>()];
        return statuses is [var first, ..] ? new BusyRefusals(statuses.Length, first) : null;
    }

    /// <summary>What that means for a round that needed more requests at once.</summary>
    /// <param name="atOnce">How many were answered at once.</param>
    public string Cause(int atOnce) =>
        Invariant($"the server refused {Requests} {(Requests == 1 ? "request" : "requests")} with {Status}: it takes only {atOnce} at a time");
}
