using System.Diagnostics;
using System.Globalization;
using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Harness.Traffic;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Sweeps np and traffic patterns: does a sequence's answer depend on who else is being answered? Each request is first
/// answered solo; batched with others it is fed the same tokens, so that every token's logits can be compared however far
/// apart the texts would have drifted.
/// </summary>
/// <param name="Options">What to run.</param>
public sealed record BleedCampaign(BleedOptions Options) : Campaign
{
    private static readonly IModelCheck[] Checks = [new SoloCheck()];

    private static readonly TableOf<(BleedRow Row, Verdict Verdict)> Rows = new TableOf<(BleedRow Row, Verdict Verdict)>("bleed")
        .Left("np", "np", row => row.Row.Slots).Pooled(rows => BleedPattern.Ranges(rows.Select(row => row.Row.Slots)))
        .Left("scenario", "scenario", row => row.Row.Scenario.Name()).Pooled(rows => BleedPattern.Kinds(rows.Select(row => row.Row.Scenario)))
        .Left("verdict", "verdict", row => row.Verdict).Pooled(_ => Verdict.Clean)
        .Right("dirtyRounds", "dirty rounds", row => row.Row.DirtyRounds, row => OfRounds(row.Row.DirtyRounds, row.Row.Rounds))
        .Pooled(rows => OfRounds(rows.Sum(row => row.Row.DirtyRounds), rows.Sum(row => row.Row.Rounds)))
        .Data("rounds", row => row.Row.Rounds)
        .Right("sequences", "sequences", row => row.Row.Sequences).Pooled(rows => rows.Sum(row => row.Row.Sequences))
        .Right("tokens", "tokens", row => row.Row.Tokens).Pooled(rows => rows.Sum(row => row.Row.Tokens))
        .Right("rowsCompared", "rows compared", row => row.Row.Rows).Pooled(rows => rows.Sum(row => row.Row.Rows))
        .Right("rowsWrong", "rows wrong", row => row.Row.WrongRows).Pooled(rows => rows.Sum(row => row.Row.WrongRows))
        .Data("knownRounds", row => row.Row.KnownRounds);

    /// <inheritdoc/>
    public override string Name => $"bleed, {Options.Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head => HeadOf(Options.Engine.Name, Options.Model, Options.Seed);

    private int Rounds => Options.Slots.Count * Options.Scenarios.Count * Options.Rounds;

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Rounds);
        BleedResult result = Run(progress.Step, cancellation);
        return Task.FromResult(
            new Part(Name, Part.VerdictOf(result.Findings, result.Completed), Basis(result))
            {
                Content =
                [
                    Rows.Of(result.Rows.Select(row => (row, VerdictOf(row)))), CountersTable.Of(result.Counters),
                    .. UndeclaredNote.Of(result.Undeclared), .. JudgingNotes.Of(Options.Engine, Options.Model),
                ],
                Findings = result.Findings,
            });
    }

    /// <summary>Runs the sweep.</summary>
    /// <param name="roundDone">Called after each round, from any thread.</param>
    /// <param name="cancellation">Ends the sweep early; what was found is returned.</param>
    public BleedResult Run(Action<CaseResult>? roundDone, CancellationToken cancellation)
    {
        var rows = new List<BleedRow>();
        var dirtyOf = new List<(BleedRow Row, CaseResult Case)>();
        var undeclared = new SortedSet<string>(StringComparer.Ordinal);
        var counters = default(EngineCounters);
        string? stopped = null;
        var watch = Stopwatch.StartNew();
        var search = new NpSearch(Options.Slots);
        var left = new Queue<int>(Options.Slots);
        int? Next() => Options.SearchesNp ? search.Next : left.TryDequeue(out int np) ? np : null;
        while (stopped is null && Next() is { } slots)
        {
            foreach (Scenario scenario in Options.Scenarios)
            {
                if (watch.Elapsed >= Options.Time)
                {
                    stopped = string.Create(
                        CultureInfo.InvariantCulture, $"its time was over before np {slots} with {scenario.Name()}");
                    break;
                }

                IReadOnlyList<CaseResult> results = ModelCaseRunner.Run(
                    [.. Enumerable.Range(0, Options.Rounds).Select(
                        round => (Func<ModelCase>)(() => Case(slots, scenario, round, cancellation)))],
                    Checks, roundDone, cancellation);
                CaseResult[] dirty = [.. results.Where(result => result.Failures.Count > 0)];
                undeclared.UnionWith(results.SelectMany(result => result.Case.Rules.Undeclared));
                counters += CountersTable.Sum(results.Select(result => result.Counters));
                rows.Add(new BleedRow(
                    slots, scenario, results.Count, dirty.Length,
                    results.Sum(result => Lineage.Of(result.Case.Schedule).Count),
                    results.Sum(result => (long)result.Case.Schedule.TokenCount),
                    results.Sum(result => (long)result.Rows),
                    dirty.Sum(result => (long)result.Failures[0].Discrepancy.WrongRows)));
                dirtyOf.AddRange(dirty.Select(result => (rows[^1], result)));
                if (cancellation.IsCancellationRequested) stopped = "interrupted";
                else if (Options.FailFast && dirty.Length > 0) stopped = "ended with the first dirty row (--fail-fast)";
                if (stopped is not null) break;
            }

            search.Tell(slots, rows.Any(row => row.Slots == slots && row.DirtyRounds > 0));
        }

        Dictionary<CaseResult, BleedRow> rowOf = dirtyOf.ToDictionary(dirty => dirty.Case, dirty => dirty.Row);
        var triage = new Triage(Policy, Options.Seed, left: () => null);
        triage.Examine(
            [.. dirtyOf.OrderBy(dirty => dirty.Row.Scenario).Select(dirty => dirty.Case)], result => rowOf[result].Scenario,
            cancellation);
        return new BleedResult(
            [.. rows.Select(row => row with { KnownRounds = triage.Known.Count(known => rowOf[known] == row) })],
            triage.Findings, stopped is null && triage.Unexamined == 0, counters, undeclared)
        {
            Stopped = stopped,
        };
    }

    private Verdict VerdictOf(BleedRow row) => Part.VerdictOf(row.DirtyRounds - row.KnownRounds, row.Rounds == Options.Rounds);

    private static string OfRounds(int dirty, int rounds) =>
        string.Create(CultureInfo.InvariantCulture, $"{dirty} of {rounds}");

    private static string Basis(BleedResult result)
    {
        int rounds = result.Rows.Sum(row => row.Rounds), dirty = result.Rows.Sum(row => row.DirtyRounds);
        var pattern = new BleedPattern([.. result.Rows.Select(row => (row.Slots, row.Scenario, row.DirtyRounds > 0))]);
        string text = $"{OfRounds(dirty, rounds)} rounds dirty";
        text = dirty > 0 ? $"{pattern}; {text}" : $"{text}, {BleedPattern.PowerOf(rounds)}";
        return result.Stopped is { } stopped ? $"{text}; {stopped}" : text;
    }

    private ModelCase Case(
        int slots, Scenario scenario, int round, CancellationToken cancellation)
    {
        ulong seed = SeededRandom.Derive(
            SeededRandom.Derive(Options.Seed, (ulong)slots), (ulong)scenario * 1_000_003 + (ulong)round);
        EngineCapabilities declared = DeclaredCapabilities.Of(Options.Engine, Options.Model);
        Schedule schedule = TrafficGenerator.Generate(
            scenario, slots, seed, Options.Model.Config.Vocabulary,
            (prompt, count) =>
            {
                // What the engine would refuse is left out of the schedule below, whatever its tokens.
                if (prompt.Count + count > declared.MaxPositions) return AnyTokens(prompt, count);
                try
                {
                    return Answer(prompt, count, cancellation);
                }
                catch (Exception e) when (e is not (InputException or EnvironmentException or OperationCanceledException))
                {
                    // An engine that cannot answer solo will show it in the round.
                    return AnyTokens(prompt, count);
                }
            });
        return new ModelCase(
            schedule.Under(new ScheduleRules(Options.Model.Limits(slots), declared)), Options.Engine, Options.Model, declared);
    }

    private static List<int> AnyTokens(IReadOnlyList<int> prompt, int count) =>
        [.. Enumerable.Range(0, count).Select(i => prompt[i % prompt.Count])];

    // Greedy, solo on a fresh engine.
    private List<int> Answer(IReadOnlyList<int> prompt, int count, CancellationToken cancellation)
    {
        using IModelEngine engine = Options.Engine.Create(Options.Model.Options(1, 1));
        var logits = new float[engine.Info.Vocabulary];
        var answer = new List<int>();
        IReadOnlyList<int> next = prompt;
        while (answer.Count < count)
        {
            foreach (int[] part in next.Chunk(engine.Info.Capabilities.MaxBatchTokens))
            {
                cancellation.ThrowIfCancellationRequested();
                var step = new DecodeStep([new SequenceRun(0, part)], LastOnly: true);
                engine.Decode(step.ToBatch(engine.NextPosition), logits);
            }

            answer.Add(Array.IndexOf(logits, logits.Max()));
            next = [answer[^1]];
        }

        return answer;
    }
}
