using System.Globalization;
using Gdn.Harness.Clients;
using Gdn.Reference;

namespace Gdn.Harness.Traffic;

/// <summary>
/// In which rounds log-probabilities are requested. Asking for them can hide a bug: some servers compute such an answer in
/// another way, or break ties differently.
/// </summary>
/// <param name="Candidates">As <see cref="LiveRound.Candidates"/>.</param>
/// <param name="HasBareRounds">Whether every fourth round of a scenario is played without.</param>
public sealed record LogProbabilityPlan(int? Candidates, bool HasBareRounds)
{
    private const string None = "none", Both = "both";

    private const int Period = 4;

    /// <summary>The values on the command line.</summary>
    public const string Values = $"N|{None}|{Both}";

    /// <summary>With log-probabilities in all rounds.</summary>
    public static LogProbabilityPlan Usual { get; } = new(Candidates: null, HasBareRounds: false);

    /// <summary>Without in every fourth round.</summary>
    public static LogProbabilityPlan Mixed { get; } = Usual with { HasBareRounds = true };

    /// <summary>Reads one of <see cref="Values"/>.</summary>
    /// <param name="option">The option, for errors.</param>
    /// <param name="text">The value.</param>
    /// <exception cref="InputException">It is something else.</exception>
    public static LogProbabilityPlan Parse(string option, string text) => text switch
    {
        None => new LogProbabilityPlan(0, HasBareRounds: false),
        Both => Mixed,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is > 0 and <= LiveRound.CandidatesMax => new LogProbabilityPlan(count, HasBareRounds: false),
        _ => throw new InputException(
            option, $"'{text}' is not possible", $"use a number from 1 to {LiveRound.CandidatesMax}, {None} or {Both}"),
    };

    /// <summary>As one of <see cref="Values"/>.</summary>
    public override string ToString() => HasBareRounds ? Both
        : Candidates == 0 ? None
        : (Candidates ?? CompletionRequest.UsualCandidates).ToString(CultureInfo.InvariantCulture);

    /// <summary>How many candidates a round asks for; the same at each np, so that solo answers serve for all of them.</summary>
    /// <param name="scenario">Its scenario: not all have the same rounds without.</param>
    /// <param name="round">Its number, from 0.</param>
    public int? CandidatesIn(Scenario scenario, int round) =>
        HasBareRounds && ((int)scenario + round) % Period == Period - 1 ? 0 : Candidates;
}
