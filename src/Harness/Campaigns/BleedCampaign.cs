using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>What to run.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model.</param>
/// <param name="Seed">Names all traffic.</param>
/// <param name="Slots">The np to sweep.</param>
/// <param name="Scenarios">The patterns of traffic.</param>
/// <param name="Rounds">How often each, with other prompts.</param>
public sealed record BleedOptions(
    IEngineFactory Engine, LoadedModel Model, ulong Seed, IReadOnlyList<int> Slots, IReadOnlyList<Scenario> Scenarios,
    int Rounds);

/// <summary>What one np and scenario came to.</summary>
/// <param name="Slots">np.</param>
/// <param name="Scenario">The pattern.</param>
/// <param name="Rounds">Rounds run.</param>
/// <param name="DirtyRounds">Rounds in which a sequence answered otherwise than alone.</param>
/// <param name="Sequences">Requests, over all rounds.</param>
/// <param name="Tokens">Tokens fed, over all rounds.</param>
/// <param name="Rows">Rows of logits compared.</param>
/// <param name="WrongRows">Rows that differ.</param>
public sealed record BleedRow(
    int Slots, Scenario Scenario, int Rounds, int DirtyRounds, int Sequences, long Tokens, long Rows, long WrongRows);

/// <summary>What a sweep came to.</summary>
/// <param name="Rows">One per np and scenario.</param>
/// <param name="Findings">The first dirty round of each scenario, shrunk.</param>
/// <param name="Completed">Whether every round was run.</param>
public sealed record BleedResult(IReadOnlyList<BleedRow> Rows, IReadOnlyList<Finding> Findings, bool Completed);

/// <summary>
/// Sweeps np and traffic patterns: does a sequence's answer depend on who else is being answered? Each request is first
/// answered alone; in company it is fed the same tokens, so that every token's logits can be compared however far apart
/// the texts would have drifted.
/// </summary>
public static class BleedCampaign
{
    private static readonly IModelCheck[] Checks = [new SoloCheck()];

    /// <summary>Runs the sweep.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="roundDone">Called after each round, from any thread.</param>
    /// <param name="cancellation">Ends the sweep early; what was found is returned.</param>
    public static BleedResult Run(BleedOptions options, Action? roundDone, CancellationToken cancellation)
    {
        var rows = new List<BleedRow>();
        var firstDirty = new Dictionary<Scenario, CaseResult>();
        int done = 0;
        foreach (int slots in options.Slots)
        {
            foreach (Scenario scenario in options.Scenarios)
            {
                IReadOnlyList<CaseResult> results = ModelCaseRunner.Run(
                    [.. Enumerable.Range(0, options.Rounds).Select(
                        round => (Func<ModelCase>)(() => Case(options, slots, scenario, round, cancellation)))],
                    Checks, roundDone, cancellation);
                CaseResult[] dirty = [.. results.Where(result => result.Failures.Count > 0)];
                if (dirty.Length > 0) firstDirty.TryAdd(scenario, dirty[0]);
                done += results.Count;
                rows.Add(new BleedRow(
                    slots, scenario, results.Count, dirty.Length,
                    results.Sum(result => Lineage.Of(result.Case.Schedule).Count),
                    results.Sum(result => (long)result.Case.Schedule.TokenCount),
                    results.Sum(result => (long)result.Rows),
                    dirty.Sum(result => (long)result.Failures[0].Discrepancy.WrongRows)));
            }
        }

        Finding[] findings = [.. firstDirty.OrderBy(found => found.Key).Select(
            found => Finding.Shrink(found.Value.Case, found.Value.Failures[0], options.Seed, left: null, cancellation))];
        return new BleedResult(
            rows, findings, done == options.Slots.Count * options.Scenarios.Count * options.Rounds);
    }

    private static ModelCase Case(
        BleedOptions options, int slots, Scenario scenario, int round, CancellationToken cancellation)
    {
        ulong seed = SeededRandom.Derive(
            SeededRandom.Derive(options.Seed, (ulong)slots), (ulong)scenario * 1_000_003 + (ulong)round);
        Schedule schedule = TrafficGenerator.Generate(
            scenario, slots, seed, options.Model.Config.Vocabulary,
            (prompt, count) =>
            {
                try
                {
                    return Answer(options, prompt, count, cancellation);
                }
                catch (Exception e) when (e is not (InputException or EnvironmentException or OperationCanceledException))
                {
                    // An engine that cannot answer alone will show it in the round; any tokens will do.
                    return [.. Enumerable.Range(0, count).Select(i => prompt[i % prompt.Count])];
                }
            });
        return new ModelCase(schedule, options.Engine, options.Model);
    }

    // Greedy, alone on a fresh engine.
    private static List<int> Answer(
        BleedOptions options, IReadOnlyList<int> prompt, int count, CancellationToken cancellation)
    {
        using IModelEngine engine = options.Engine.Create(options.Model.Options(1, 1));
        var logits = new float[engine.Info.Vocabulary];
        var answer = new List<int>();
        IReadOnlyList<int> next = prompt;
        while (answer.Count < count)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = new DecodeStep([new SequenceRun(0, next)], LastOnly: true);
            engine.Decode(step.ToBatch(engine.NextPosition), logits);
            answer.Add(Array.IndexOf(logits, logits.Max()));
            next = [answer[^1]];
        }

        return answer;
    }
}
