using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Harness.Traffic;
using static System.FormattableString;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>All answers of a round, and the lone answers to its prompts, as the reference reads them.</summary>
internal sealed class RoundReadings
{
    private readonly ReferenceOracle _oracle;
    private readonly LiveRound _round;
    private readonly IReadOnlyList<Completion> _solo;
    private readonly OracleReading?[] _alone, _batched;

    /// <summary>Reads them.</summary>
    /// <param name="oracle">The reference.</param>
    /// <param name="alone">Lone answers, for what came before them.</param>
    /// <param name="round">The round.</param>
    /// <param name="solo">The lone answer to each request.</param>
    /// <param name="transcripts">What the requests were answered, one for each.</param>
    /// <param name="cancellation">Ends it.</param>
    public RoundReadings(
        ReferenceOracle oracle, SoloAnswers alone, LiveRound round, IReadOnlyList<Completion> solo,
        IReadOnlyList<LiveTranscript> transcripts, CancellationToken cancellation)
    {
        (_oracle, _round, _solo) = (oracle, round, solo);
        OracleReading?[] readings = oracle.Read(
            [
                .. round.Requests.Select((request, i) => (request.Prompt, solo[i])),
                .. round.Requests.Select((request, i) => (request.Prompt, transcripts[i].Answer)),
            ],
            cancellation);
        (_alone, _batched) = (readings[..solo.Count], readings[solo.Count..]);
        if (readings.Any(reading => reading is null)) return;
        Played = new PlayedRound(
                round, _alone!, _batched!, [.. transcripts.Select(t => t.Answer.Slot ?? t.Slot)],
                [.. round.Requests.Select(request => (ForcedAnswer[])[.. alone.Before(request.Prompt)
                    .Select(before => oracle.Resolve(before.Prompt, before.Answer)).OfType<ForcedAnswer>()])],
                [.. transcripts.Select(t => FirstToken.Of(t, transcripts))], oracle.Bound!)
        {
            Drafts = DraftLength.Of([.. transcripts.Where(t => t is { End: RequestEnd.Answered, Answer.Counters.Drafted: not null })
                    .Select(t => (_batched[t.Request]!.Answer, t.Answer.Counters.Drafted!.Value))]),
            Tenants = oracle.Earlier.Tenants,
            Earlier = oracle.Earlier.Rounds,
        };
        oracle.Earlier.Add(Played, transcripts);
    }

    /// <summary>What was read, for finding out what is wrong; null where not every token is known.</summary>
    public PlayedRound? Played { get; }

    /// <summary>
    /// The verdict on an answer; null where the reference cannot give one: it does not know the tokens, or they are right and
    /// something else is not, such as their text or number.
    /// </summary>
    public OracleJudgement? Judge(LiveTranscript transcript)
    {
        if (_batched[transcript.Request] is not { } batched) return null;
        OracleReading? alone = _alone[transcript.Request];
        int rows = batched.Positions.Count, ties = batched.Positions.Count(position => position.Gap > 0);
        if (alone?.Wrong is { } wrongAlone && !(batched.Wrong < wrongAlone))
            return Corrupt(alone, batched.Wrong is null ? "wrong alone, and right beside others," : "wrong alone", isAlone: true);
        if (batched.Wrong is not null)
            return _round.Scenario == Scenario.Solo
                ? Corrupt(batched, "wrong alone", isAlone: true)
                : Corrupt(batched, alone is null ? "wrong" : "wrong in company", isAlone: false);
        if (IsCutShort(transcript) || HasOtherText(transcript)) return null;
        return new OracleJudgement(
            new Judgement(
                ties == 0 ? Outcome.Same : Outcome.Tie, rows, ties, null, "every token is the reference's within rounding"),
            IsAlone: false, batched);

        OracleJudgement Corrupt(OracleReading reading, string where, bool isAlone) => new(
            new Judgement(Outcome.Corrupt, rows, ties, At(reading), $"{where} from token {Reason(reading)}"), isAlone, reading);
    }

    private DivergencePoint At(OracleReading reading)
    {
        int n = reading.Wrong!.Value;
        ServedToken given = reading.Answer.Tokens[n];
        ForcedPosition position = reading.Positions[n];
        string expected = position.Best == given.Id ? given.Name : _oracle.Ids.TokenOf(position.Best).Name;
        return new DivergencePoint(
            n, expected, given.Name, position.Gap > 0 ? position.Gap : null, GapIsLeast: false, Z: null, reading.Moves[n]);
    }

    private static string Reason(OracleReading reading)
    {
        int n = reading.Wrong!.Value;
        return reading.Moves[n] is double.NaN ? Invariant($"{n} on: its log-probability is not a number")
            : reading.IsMoved
            ? Invariant($"{n} on: log-probabilities are {reading.Moves[n]:G3} nats from the reference's, allowed {reading.Allowed:G2}")
            : Invariant($"{n} on: the reference's token is likelier by {reading.Positions[n].Gap:G3} nats, allowed {reading.Allowed:G2}");
    }

    // The server ended the answer, and not the client.
    private bool IsCutShort(LiveTranscript transcript) => transcript.End == RequestEnd.Answered
        && transcript.Answer.Tokens.Count
            < Math.Min(_round.Requests[transcript.Request].MaxTokens, _solo[transcript.Request].Tokens.Count);

    private bool HasOtherText(LiveTranscript transcript)
    {
        Completion solo = _solo[transcript.Request];
        return transcript.End == RequestEnd.Answered
            && transcript.Answer.Tokens.Zip(solo.Tokens).All(pair => pair.First.Is(pair.Second))
            && !solo.Text.StartsWith(transcript.Answer.Text.TrimEnd('\uFFFD'), StringComparison.Ordinal);
    }
}
