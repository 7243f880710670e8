using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What a server was asked before a round, as far as that may show in it.</summary>
internal sealed class EarlierTraffic
{
    // What a server keeps of passes, it mostly keeps of the first ones.
    private const int Remembered = 64;

    private readonly SortedDictionary<int, ForcedAnswer> _tenants = [];
    private readonly List<PlayedRound> _rounds = [];

    /// <summary>The last answer on each slot, by its number: its state may still lie there.</summary>
    public IReadOnlyList<(int Slot, ForcedAnswer Answer)> Tenants => [.. _tenants.Select(tenant => (tenant.Key, tenant.Value))];

    /// <summary>The first rounds, in order.</summary>
    public IReadOnlyList<PlayedRound> Rounds => [.. _rounds];

    /// <summary>Takes a round.</summary>
    /// <param name="played">The round.</param>
    /// <param name="transcripts">When its requests ended.</param>
    public void Add(PlayedRound played, IReadOnlyList<LiveTranscript> transcripts)
    {
        foreach (LiveTranscript transcript in transcripts.OrderBy(transcript => transcript.Last))
        {
            if (played.Slots[transcript.Request] is not { } slot) continue;
            ForcedAnswer answer = played.Batched[transcript.Request].Answer;
            // A client that leaves takes the state with it.
            if (transcript.End == RequestEnd.Answered && answer.Tokens.Count > 0) _tenants[slot] = answer.Bare;
            else _tenants.Remove(slot);
        }

        if (_rounds.Count < Remembered)
            _rounds.Add(played with
            {
                Alone = [],
                Batched = [.. played.Batched.Select(reading => reading with { Answer = reading.Answer.Bare, Positions = [], Moves = [] })],
                Tenants = [],
                Earlier = [],
            });
    }
}
