using System.Diagnostics;
using Gdn.Harness.Checks;
using Gdn.Harness.Findings;
using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Coverage;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Campaigns;

/// <summary>What to run.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model.</param>
/// <param name="Seed">Names every schedule of the campaign.</param>
/// <param name="Cases">How many schedules, over all shards.</param>
/// <param name="Slots">The np that cases take in turn.</param>
/// <param name="TimeLimit">Cases that have not ended by then are left out, but for one; null for none.</param>
/// <param name="Shard">Which part of the cases to run, from 0.</param>
/// <param name="Shards">Into how many parts they are dealt.</param>
public sealed record CampaignOptions(
    IEngineFactory Engine, LoadedModel Model, ulong Seed, int Cases, IReadOnlyList<int> Slots, TimeSpan? TimeLimit = null,
    int Shard = 0, int Shards = 1)
{
    /// <summary>Schedules to run in place of random ones; null for random ones.</summary>
    public IReadOnlyList<Schedule>? Given { get; init; }
}

/// <summary>What the schedules of one np came to.</summary>
/// <param name="Slots">np.</param>
public sealed record CampaignRow(int Slots)
{
    /// <summary>Schedules run.</summary>
    public int Cases { get; private set; }

    /// <summary>Schedules that failed a check.</summary>
    public int Dirty { get; private set; }

    /// <summary>Tokens in those schedules, once each however many checks ran.</summary>
    public long Tokens { get; private set; }

    /// <summary>Rows of logits compared, over all checks.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows left out because routing to another expert would have been right too.</summary>
    public long Ties { get; private set; }

    /// <summary>Counts a case.</summary>
    public void Add(CaseResult result)
    {
        Cases++;
        Dirty += result.Failures.Count > 0 ? 1 : 0;
        Tokens += result.Case.Schedule.TokenCount;
        Rows += result.Rows;
        Ties += result.Ties;
    }
}

/// <summary>What a campaign came to.</summary>
/// <param name="Rows">One row per np.</param>
/// <param name="Findings">At most one per check: the first failing case, shrunk.</param>
/// <param name="Completed">
/// Whether everything asked for was run: false after a finding or a cancellation, true when the time was used up.
/// </param>
/// <param name="Coverage">What the schedules did.</param>
public sealed record CampaignResult(
    IReadOnlyList<CampaignRow> Rows, IReadOnlyList<Finding> Findings, bool Completed, ScheduleCoverage Coverage);

/// <summary>Runs every model-level check on many random schedules.</summary>
public static class ModelCampaign
{
    // Cases between two looks at the results: what is reported depends on this, not on how threads were scheduled.
    private const int Wave = 32;

    /// <summary>Runs until the cases or the time are used up, or a wave of cases holds a failure.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="caseDone">Called after each case, from any thread.</param>
    /// <param name="cancellation">Ends the campaign early; what was found is returned.</param>
    public static CampaignResult Run(CampaignOptions options, Action? caseDone, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        SortedDictionary<int, CampaignRow> rows = [];
        foreach (int slots in options.Given?.Select(schedule => schedule.Slots) ?? options.Slots)
            rows[slots] = new CampaignRow(slots);
        var coverage = new ScheduleCoverage();
        IEnumerable<int> cases = Enumerable.Range(0, options.Cases).Where(i => i % options.Shards == options.Shard);

        using var untilLimit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (options.TimeLimit is { } limit) untilLimit.CancelAfter(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        foreach (int[] wave in cases.Chunk(Wave))
        {
            IReadOnlyList<CaseResult> results = Play(options, wave, caseDone, untilLimit.Token);
            // However little time there is, something is run.
            if (results.Count == 0 && coverage.Schedules == 0) results = Play(options, wave[..1], caseDone, cancellation);
            foreach (CaseResult result in results)
            {
                rows[result.Case.Schedule.Slots].Add(result);
                coverage.Add(result.Case.Schedule, result.Case.Rules);
            }

            Finding[] findings = Findings(options, results, watch, cancellation);
            if (findings.Length > 0) return new CampaignResult([.. rows.Values], findings, Completed: false, coverage);
            if (untilLimit.IsCancellationRequested) break;
        }

        return new CampaignResult([.. rows.Values], [], !cancellation.IsCancellationRequested, coverage);
    }

    private static IReadOnlyList<CaseResult> Play(
        CampaignOptions options, int[] wave, Action? caseDone, CancellationToken cancellation) => ModelCaseRunner.Run(
        [.. wave.Select(index => (Func<ModelCase>)(() => Case(options, index)))], ModelChecks.All, caseDone, cancellation);

    private static Finding[] Findings(
        CampaignOptions options, IReadOnlyList<CaseResult> results, Stopwatch watch, CancellationToken cancellation)
    {
        (ModelCase Case, CheckFailure Failure)[] found = [.. results
            .Where(result => result.Failures.Count > 0)
            .Select(result => (result.Case, Failure: result.Failures[0]))
            .DistinctBy(found => found.Failure.Check.Name)];
        return [.. found.Select((finding, done) =>
        {
            TimeSpan? share = (options.TimeLimit - watch.Elapsed) / (found.Length - done);
            return Finding.Shrink(finding.Case, finding.Failure, options.Seed, share, cancellation);
        })];
    }

    private static ModelCase Case(CampaignOptions options, int index)
    {
        if (options.Given is { } given)
            return new ModelCase(
                given[index].WithVocabulary(options.Model.Config.Vocabulary), options.Engine, options.Model);
        BatchLimits limits = options.Model.Limits(options.Slots[index % options.Slots.Count]);
        Schedule schedule = ScheduleGenerator.Generate(SeededRandom.Derive(options.Seed, (ulong)index), limits);
        return new ModelCase(schedule, options.Engine, options.Model);
    }
}
