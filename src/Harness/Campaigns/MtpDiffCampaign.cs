using Gdn.Harness.Checks;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Reports;
using Gdn.Harness.Schedules;
using Gdn.Harness.Speculation;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Output and logits with drafts against those without, on one engine: every way of drafting, every K, several sequences in one
/// batch.
/// </summary>
/// <param name="Options">What to compare.</param>
internal sealed record MtpDiffCampaign(MtpDiffOptions Options) : Campaign
{
    // Shrinking runs the model in double precision again and again.
    private static readonly TimeSpan MostForShrinking = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override string Name => $"mtp-diff, {Options.Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        .. HeadOf(Options.Engine.Name, Options.Model, Options.Seed),
        Invariant($"{Options.Prompts.Prompts.Count} prompts, np {Options.Slots}, {Options.Tokens} tokens, K {string.Join(',', Options.Drafts)}")
            + (Options.Temperature > 0 ? Invariant($", temperature {Options.Temperature}") : ""),
    ];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult(Run(progress, cancellation));
        }
        catch (EngineFailedException e)
        {
            Finding finding = Finding.Of(
                Invariant($"speculation-{Options.Seed:x}"), Options.Engine.Name, e.ToDiscrepancy("speculation", Options.Slots));
            return Task.FromResult(Wrong("the engine failed", [finding], []));
        }
    }

    private Part Run(ICampaignProgress progress, CancellationToken cancellation)
    {
        var runner = new DraftRunner(Options);
        var notes = new List<Note>();
        int[] drafts = [.. Options.Drafts.Where(k => k <= runner.MostDrafts)];
        if (drafts.Length == 0)
            return Part.NotRun(Name, "drafting was not on: the engine declares no rollback that rejected drafts could be taken back with");
        if (drafts.Length < Options.Drafts.Count)
            notes.Add(new Note(Invariant($"left out: K above {runner.MostDrafts}, since the engine declares no such rollbacks")));

        IReadOnlyList<DraftArm> arms = DraftArm.All(Sources(runner, notes), drafts);
        progress.Begin(Name, 1 + arms.Count);
        var comparison = new Comparison(Options, runner);
        if (comparison.RunPlain(cancellation) is { } wrong)
            return Wrong("wrong without any draft", [Shrunk(wrong, cancellation)], [new Note("drafts were not tried", IsWarning: true)]);
        progress.Step();

        var results = new List<ArmResult>();
        foreach (DraftArm arm in arms)
        {
            if (cancellation.IsCancellationRequested) break;
            results.Add(comparison.Run(arm, cancellation));
            progress.Step();
        }

        return PartOf(comparison, runner, results, notes, completed: results.Count == arms.Count, cancellation);
    }

    private Part PartOf(
        Comparison comparison, DraftRunner runner, List<ArmResult> results, List<Note> notes, bool completed,
        CancellationToken cancellation)
    {
        if (!comparison.RepeatsItself) notes.Add(new Note("without drafts, a second run gave other bits"));
        if (DepthTest.Diagnose(results) is { } diagnosis) notes.Add(new Note($"depth: {diagnosis}", IsWarning: true));
        foreach (IGrouping<string, ArmResult> group in results.Where(result => result.Arm.IsSwept).GroupBy(result => result.Arm.Name))
            if (DepthTest.FirstByDrafts(group) is { Length: > 0 } first) notes.Add(new Note($"{group.Key}, first token that differs: {first}"));

        var tally = new DraftTally(results.SelectMany(result => result.Answers).SelectMany(answer => answer.Answer.Rounds));
        bool wasOn = tally.Drafted > tally.Accepted;
        if (!wasOn) notes.Add(new Note(
            tally.Drafted == 0 ? "drafting was not on: nothing was drafted" : "nothing was rejected: rollbacks were not tested", IsWarning: true));
        Finding[] findings = [.. Corrupt(results, runner, cancellation), .. WrongHead(results)];
        int answers = results.Sum(result => result.Answers.Count), corrupt = Count(results, Outcome.Corrupt);
        string basis = Invariant($"{corrupt} of {answers} answers corrupt, {Count(results, Outcome.Tie)} near-ties; ")
            + Invariant($"{tally.Accepted} of {tally.Drafted} drafts accepted; a rate of {BinomialRate.Percent(BinomialRate.Detectable(answers))} ")
            + "would have shown" + (completed ? "" : ", interrupted");
        double plain = results.Count == 0 ? 0 : results[0].TokensPerSecond;
        Table divergences = ComparisonTables.Divergences(Options.Prompts, comparison.Plain, results);
        return new Part(Name, Part.VerdictOf(findings, completed && wasOn), basis)
        {
            Content =
            [
                ComparisonTables.Grid(Options.Prompts, comparison.Plain, results), ComparisonTables.Arms(results, plain),
                .. divergences.Rows.Count > 0 ? [divergences] : Array.Empty<IPartContent>(), .. notes,
                .. JudgingNotes.Of(Options.Engine, Options.Model),
            ],
            Findings = findings,
        };
    }

    private List<DraftSourceKind> Sources(DraftRunner runner, List<Note> notes)
    {
        bool head = runner.HasHead();
        List<DraftSourceKind> sources =
            [.. Options.Sources ?? [DraftSourceKind.Head, DraftSourceKind.Lookup, DraftSourceKind.Forced]];
        if (Options.DraftModel is not null && !sources.Contains(DraftSourceKind.Model)) sources.Add(DraftSourceKind.Model);
        if (!head && sources.Remove(DraftSourceKind.Head))
            notes.Add(new Note("left out: drafts of the head, since the model has no draft (MTP) layers or the engine does not run them"));
        return sources;
    }

    // The answers of one arm are enough: with the least K, since it is the simplest.
    private IEnumerable<Finding> Corrupt(List<ArmResult> results, DraftRunner runner, CancellationToken cancellation)
    {
        if (results.FirstOrDefault(result => result.Outcome == Outcome.Corrupt) is not { } arm) yield break;
        (int index, (DraftedAnswer answer, AnswerDifference difference)) =
            arm.Answers.Index().First(answer => answer.Item.Difference.Outcome == Outcome.Corrupt);
        SpeculativeRun run = arm.Runs[index / Options.Slots];
        if (difference.First is { } first)
        {
            ModelCase @case = runner.CaseOf(UpTo(run.Schedule, answer.Tokens[first.Token].Row));
            var check = new DifferentialCheck();
            if (check.RunGuarded(@case, cancellation) is { Discrepancy: { } discrepancy } outcome)
            {
                yield return Shrunk(new CaseResult(@case, outcome.Rows, outcome.Ties, [new CheckFailure(check, discrepancy)]), cancellation);
                yield break;
            }
        }

        yield return Known(new Finding(Invariant($"speculation-{Options.Seed:x}"), "speculation", Options.Engine.Name)
        {
            Fingerprint = "speculation",
            Np = Math.Min(Options.Slots, Options.Prompts.Prompts.Count),
            Step = 0,
            Sequence = index % Options.Slots,
            Position = Options.Prompts.Prompts[index].Tokens.Length - 1 + (difference.First?.Token ?? difference.Divergence ?? 0),
            Logit = difference.First?.Logit,
            Expected = difference.First?.Expected,
            Actual = difference.First?.Actual,
            Allowed = difference.First?.Allowed,
            RowsWrong = difference.WrongRows,
            RowsCompared = difference.Rows,
            Detail = $"{arm.Arm.FullName}: not what the same engine computes without drafts",
        });
    }

    private IEnumerable<Finding> WrongHead(List<ArmResult> results)
    {
        if (results.FirstOrDefault(result => result.Head is { Wrong.Count: > 0 }) is not { } arm) yield break;
        HeadJudgement head = arm.Head!;
        WrongDraft first = head.Wrong[0];
        yield return Known(new Finding(Invariant($"draft-head-{Options.Seed:x}"), "draft-head", Options.Engine.Name)
        {
            Fingerprint = "draft-head",
            Np = Math.Min(Options.Slots, Options.Prompts.Prompts.Count),
            Step = 0,
            Detail = Invariant($"{arm.Arm.FullName}: {head.Wrong.Count} of {head.Compared} drafts are not the reference's, the first ")
                + Invariant($"for token {first.Token} of prompt {first.Prompt}, place {first.Place}: expected {first.Expected}, ")
                + Invariant($"drafted {first.Actual}, {first.Gap:G3} nats behind; accepted {Rate(arm.Tally)}, expected {Rate(head.Expected)}"),
        });
    }

    private Finding Known(Finding finding) => new FindingGroups(Policy).Add(finding);

    private Finding Shrunk(CaseResult result, CancellationToken cancellation)
    {
        var triage = new Triage(Policy, Options.Seed, left: () => MostForShrinking);
        triage.Examine([result], kindOf: null, cancellation);
        return triage.Findings[0];
    }

    private Part Wrong(string basis, IReadOnlyList<Finding> findings, IReadOnlyList<Note> notes) =>
        new(Name, Part.VerdictOf(findings, completed: true), basis) { Content = notes, Findings = findings };

    private static int Count(IEnumerable<ArmResult> results, Outcome outcome) => results.Sum(result => result.Count(outcome));

    private static string Rate(DraftTally tally) => Invariant($"{tally.Accepted} of {tally.Drafted}");

    // The schedule up to the step that makes a row.
    private static Schedule UpTo(Schedule schedule, int row)
    {
        int steps = 0;
        for (int rows = 0; rows <= row; steps++)
            if (schedule.Steps[steps] is DecodeStep batch) rows += batch.Rows.Count();
        return schedule with { Steps = [.. schedule.Steps.Take(steps)] };
    }
}
