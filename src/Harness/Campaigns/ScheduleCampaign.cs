using System.Diagnostics;
using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Coverage;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>Runs every model-level check on many random schedules, or on given ones.</summary>
/// <param name="Options">Which, on what.</param>
public sealed record ScheduleCampaign(ScheduleOptions Options) : Campaign
{
    // Cases between two looks at the results: what is reported depends on this, not on how threads were scheduled.
    private const int Wave = 32;

    // Of what an engine declares beyond what it must, the first schedules show as much as all: an engine that is wrong there would
    // fail every one.
    private const int AskedMore = 2;

    /// <inheritdoc/>
    public override string Name => $"{(Options.Given is null ? "schedules" : "past failures")}, {Options.Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head => HeadOf(Options.Engine.Name, Options.Model, Options.Seed);

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Options.Cases == int.MaxValue ? null : Options.Cases / Options.Shards);
        ScheduleResult result = Run(progress.Step, cancellation);
        return Task.FromResult(
            SchedulePart.Of(Name, result, Options.Given is null, JudgingNotes.Of(Options.Engine, Options.Model)));
    }

    /// <summary>Runs until the cases or the time are used up, or enough has been found.</summary>
    /// <param name="caseDone">Called after each case, from any thread.</param>
    /// <param name="cancellation">Ends the campaign early; what was found is returned.</param>
    public ScheduleResult Run(Action<CaseResult>? caseDone, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        SortedDictionary<int, ScheduleRow> rows = [];
        foreach (int slots in Options.Given?.Select(schedule => schedule.Slots) ?? Options.Slots)
            rows[slots] = new ScheduleRow(slots);
        var random = new Lazy<ScheduleSource>(RandomSchedules);
        var coverage = new ScheduleCoverage();
        var counters = default(EngineCounters);
        var triage = new Triage(Policy, Options.Seed, () => Options.TimeLimit - watch.Elapsed);
        IEnumerable<int> cases = Enumerable.Range(0, Options.Cases).Where(i => i % Options.Shards == Options.Shard);

        using var untilLimit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Options.TimeLimit is { } limit) untilLimit.CancelAfter(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        foreach (int[] wave in cases.Chunk(Wave))
        {
            IReadOnlyList<CaseResult> results = Play(wave, random, caseDone, untilLimit.Token);
            // However little time there is, something is run.
            if (results.Count == 0 && coverage.Schedules == 0) results = Play(wave[..1], random, caseDone, cancellation);
            foreach (CaseResult result in results)
            {
                rows[result.Case.Schedule.Slots].Add(result);
                coverage.Add(result.Case.Schedule, result.Case.Rules);
                counters += result.Counters;
            }

            triage.Examine(results, kindOf: null, cancellation);
            if (triage.IsEnough || untilLimit.IsCancellationRequested) break;
        }

        foreach (CaseResult known in triage.Known) rows[known.Case.Schedule.Slots].AddKnown();
        bool completed = !triage.IsEnough && triage.Unexamined == 0 && !cancellation.IsCancellationRequested;
        return new ScheduleResult([.. rows.Values], triage.Findings, completed, coverage, counters)
        {
            Unexamined = triage.Unexamined,
            IsStopped = triage.IsEnough,
        };
    }

    private IReadOnlyList<CaseResult> Play(
        int[] wave, Lazy<ScheduleSource> random, Action<CaseResult>? caseDone, CancellationToken cancellation) =>
    [
        .. wave.GroupBy(IsAskedMore).SelectMany(part => ModelCaseRunner.Run(
            [.. part.Select(index => (Func<ModelCase>)(() => Case(index, random)))],
            part.Key ? ModelChecks.For(DeclaredCapabilities.Of(Options.Engine, Options.Model)) : ModelChecks.All,
            caseDone, cancellation)),
    ];

    private bool IsAskedMore(int index) => Options.Given is null && index < AskedMore;

    private ScheduleSource RandomSchedules()
    {
        EngineCapabilities declared = DeclaredCapabilities.Of(Options.Engine, Options.Model);
        return new ScheduleSource(
            Options.Seed, [.. Options.Slots.Select(slots => new ScheduleRules(Options.Model.Limits(slots), declared))]);
    }

    private ModelCase Case(int index, Lazy<ScheduleSource> random)
    {
        EngineCapabilities declared = DeclaredCapabilities.Of(Options.Engine, Options.Model);
        Schedule? given = Options.Given?[index].WithVocabulary(Options.Model.Config.Vocabulary);
        var rules = new ScheduleRules(
            Options.Model.Limits(given?.Slots ?? Options.Slots[index % Options.Slots.Count]), declared);
        Schedule schedule = given?.Under(rules) ?? random.Value[index];
        return new ModelCase(schedule, Options.Engine, Options.Model, declared);
    }
}
