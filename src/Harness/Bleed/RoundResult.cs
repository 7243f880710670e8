using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Bleed;

/// <summary>The result of a round.</summary>
/// <param name="Round">The round.</param>
/// <param name="Victims">Corrupted answers.</param>
/// <param name="Undecided">Answers that could not be judged, with the reasons.</param>
/// <param name="Ties">Near-ties.</param>
/// <param name="Rows">Positions compared.</param>
/// <param name="Tokens">Tokens answered.</param>
/// <param name="Overlap">The most requests answered at the same time.</param>
/// <param name="Failure">Why the round is not complete; null if it is.</param>
/// <param name="Idle">What the round was to exercise and did not, in words; null if it did.</param>
public sealed record RoundResult(
    LiveRound Round, IReadOnlyList<Victim> Victims, IReadOnlyList<string> Undecided, int Ties, int Rows, int Tokens,
    int Overlap, string? Failure, string? Idle)
{
    /// <summary>Whether its answers were complete before what it is for could happen.</summary>
    public bool IsOverTooSoon { get; init; }

    /// <summary>How often the server refused requests of the round because it had too many; null if it never did.</summary>
    public BusyRefusals? Refused { get; init; }

    /// <summary>Which round of its scenario and np it is, from 1.</summary>
    public int Number { get; init; } = 1;

    /// <summary>What it has left behind; null if nothing shows.</summary>
    public Aftermath? Aftermath { get; init; }

    /// <summary>Whether something is wrong that noise does not explain.</summary>
    public bool IsDirty => Victims.Count > 0 || Aftermath is not null;

    /// <summary>What explains the corrupted answers; null where nobody has looked, or without the served weights.</summary>
    public Explanations? Explained { get; init; }

    /// <summary>What the reference has read, of a round with corrupted answers.</summary>
    internal PlayedRound? Played { get; init; }

    /// <summary>A round that could not be played.</summary>
    public static RoundResult Failed(LiveRound round, string failure) => new(round, [], [], 0, 0, 0, 0, failure, null);
}
