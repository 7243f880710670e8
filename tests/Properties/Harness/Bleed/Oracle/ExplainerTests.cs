using Gdn.Harness.Bleed.Oracle;
using Gdn.Harness.Clients;
using Gdn.Harness.Engines;
using Gdn.Harness.Faults;
using Gdn.Harness.Models;
using Gdn.Harness.Traffic;
using Gdn.Reference.Engines;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Bleed.Oracle;

/// <summary>Explanations of rounds whose passes are known only in part.</summary>
public sealed class ExplainerTests
{
    private const string Fault = "decode-prefill-slice-order";
    private const int Slots = 3, AnswerTokens = 12;

    private static readonly OracleModel Model = new(
        EngineModel.Open(ModelFiles.PathOf(LoadedModel.Load("synth:qwen35"))), _ => EngineCatalog.Parse("cpu"),
        _ => EngineCatalog.Parse("cpu+fault:slot-reuse-no-zero"), new TokenIds(null, 256), RoundsCachesOnly: true);

    private static readonly int[] Probes = [3, 50, 100, 150, 200];

    private static readonly OracleBound Bound = new(StateFormat.F32, 1e-4, Grows: false, 0, 0);

    // The second starts when the first has four tokens, the third when it has eight.
    private static readonly FirstToken[] Starts = [new(null, 0, []), new(0, 4, []), new(0, 8, [])];

    private static readonly LiveRound Round = new(
        Scenario.Staggered, Slots,
        [.. Enumerable.Range(0, Slots).Select(i => new LiveRequest(new Prompt([.. Enumerable.Range(20 + 30 * i, 9 + i)]), AnswerTokens))]);

    private static OracleReading[] Play(string engine, IReadOnlyList<FirstToken> starts, IReadOnlyList<OracleReading> asked)
    {
        using IModelEngine played = EngineCatalog.Parse(engine).Create(Model.Options(Slots));
        var replay = new RoundReplay(played, Slots, 0, PassTiming.Usual);
        ForcedPosition?[][] positions = replay.Play(PlayedRoundOf(asked, starts), null, 0, CancellationToken.None);
        return [.. asked.Zip(positions, (reading, row) => reading with { Positions = [.. row.Select(position => position!)] })];
    }

    private static PlayedRound PlayedRoundOf(IReadOnlyList<OracleReading> readings, IReadOnlyList<FirstToken> starts) =>
        new(Round, readings, readings, [0, 1, 2], [[], [], []], starts, Bound);

    // Answers of any tokens, not yet read.
    private static OracleReading[] Asked() =>
    [
        .. Round.Requests.Select((request, i) => new OracleReading(
            new ForcedAnswer(
                request.Prompt.Tokens!,
                [.. Enumerable.Range(0, AnswerTokens).Select(n => new ServedToken(
                    40 + 7 * n + i, "", null, [.. Probes.Select(id => new Candidate(id, "", 0))]))]),
            [], [], null, 0)),
    ];

    // What an engine with the fault answers, as the reference reads it.
    private static OracleReading[] Damaged()
    {
        OracleReading[] asked = Asked();
        OracleReading[] right = Play("cpu", Starts, asked), wrong = Play($"cpu+fault:{Fault}", Starts, asked);
        return
        [
            .. right.Zip(wrong, (expected, actual) =>
            {
                ForcedAnswer answer = expected.Answer with
                {
                    Tokens = [.. expected.Answer.Tokens.Zip(actual.Positions, (token, position) => token with
                    {
                        Candidates = [.. token.Candidates.Zip(position.Candidates, (c, value) => c with { LogProbability = value })],
                    })],
                };
                // A token is as good as another here: only log-probabilities are judged.
                return OracleReading.Of(answer, [.. expected.Positions.Select(position => position with { Gap = 0 })], Bound);
            }),
        ];
    }

    /// <summary>What is said to need rejected drafts is left out of rounds without them: there it must be right.</summary>
    [Fact]
    public void Replay_WithoutDrafts_ShowsNoFaultOfRejections()
    {
        Fault[] faults = [.. FaultCatalog.Faults.Where(fault => fault.NeedsRejections)];
        Assert.NotEmpty(faults);
        OracleReading[] asked = Asked(), right = Play("cpu", Starts, asked);
        foreach (Fault fault in faults)
            Assert.All(
                right.Zip(Play($"cpu+fault:{fault.Id}", Starts, asked)),
                pair => Assert.All(pair.First.Positions.Zip(pair.Second.Positions), position =>
                    Assert.True(ForcedPosition.Move(position.First.Candidates, position.Second.Candidates) < 1e-4, fault.Id)));
    }

    /// <summary>
    /// Its first tokens came two passes late and one early, as far as the client could see: no one shift for all requests makes
    /// these passes.
    /// </summary>
    [Fact]
    public void Explain_RequestsSeenLateAndEarly_AreMovedOneByOne()
    {
        OracleReading[] damaged = Damaged();
        Assert.Contains(damaged, reading => reading.Wrong is not null);
        OracleReading[] alone = [.. damaged.Select(reading => reading with { Wrong = null })];
        FirstToken[] seen = [Starts[0], Starts[1] with { Count = 6 }, Starts[2] with { Count = 7 }];
        Suspect[] suspects = [.. new[] { "one-path-fallback", Fault }
            .Select(id => new Suspect($"{id}: planted", 1, () => EngineCatalog.Parse($"cpu+fault:{id}")))];

        Explanations explained = Explainer.Explain(
            Model, suspects, [], PlayedRoundOf(damaged, seen) with { Alone = alone }, Slots, TimeSpan.FromMinutes(10),
            CancellationToken.None)!;

        Assert.True(explained.IsExplainedByFault, explained.ToString());
        Assert.StartsWith($"{Fault}: ", explained.Nearest[0].Words, StringComparison.Ordinal);
    }
}
