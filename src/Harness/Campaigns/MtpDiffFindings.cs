using Gdn.Harness.Checks;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Schedules;
using Gdn.Harness.Speculation;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What answers with drafts hold against an engine: one finding for outputs, one for drafts.</summary>
/// <param name="engine">The engine and what was found of it.</param>
/// <param name="policy">Which findings are known.</param>
internal sealed class MtpDiffFindings(ComparedEngine engine, FindingPolicy policy)
{
    // Shrinking runs the model in double precision again and again.
    private static readonly TimeSpan MostForShrinking = TimeSpan.FromMinutes(2);

    private readonly MtpDiffOptions _options = engine.Options;

    /// <summary>All of them.</summary>
    public IEnumerable<Finding> Of(CancellationToken cancellation) => [.. Corrupt(cancellation), .. WrongHead()];

    /// <summary>A failing case, shrunk.</summary>
    public Finding Shrunk(CaseResult result, CancellationToken cancellation)
    {
        var triage = new Triage(policy, _options.Seed, left: () => MostForShrinking);
        triage.Examine([result], kindOf: null, cancellation);
        return triage.Findings[0];
    }

    // The answers of one arm are enough: with the least K, since it is the simplest.
    private IEnumerable<Finding> Corrupt(CancellationToken cancellation)
    {
        if (engine.Results.FirstOrDefault(result => result.Outcome == Outcome.Corrupt) is not { } arm) yield break;
        (int index, (DraftedAnswer answer, AnswerDifference difference)) =
            arm.Answers.Index().First(answer => answer.Item.Difference.Outcome == Outcome.Corrupt);
        SpeculativeRun run = arm.Runs[index / _options.Slots];
        // Shrinking takes time, which an interrupted run does not have.
        if (difference.First is { } first && !cancellation.IsCancellationRequested)
        {
            ModelCase @case = engine.Runner.CaseOf(UpTo(run.Schedule, answer.Tokens[first.Token].Row));
            var check = new DifferentialCheck();
            if (check.RunGuarded(@case, cancellation) is { Discrepancy: { } discrepancy } outcome)
            {
                yield return Shrunk(new CaseResult(@case, outcome.Rows, outcome.Ties, [new CheckFailure(check, discrepancy)]), cancellation);
                yield break;
            }
        }

        yield return Known(new Finding(Invariant($"speculation-{_options.Seed:x}"), "speculation", _options.Engine.Name)
        {
            Fingerprint = "speculation",
            Np = Math.Min(_options.Slots, _options.Prompts.Prompts.Count),
            Step = 0,
            Sequence = index % _options.Slots,
            Position = _options.Prompts.Prompts[index].Tokens.Length - 1 + (difference.First?.Token ?? difference.Divergence ?? 0),
            Logit = difference.First?.Logit,
            Expected = difference.First?.Expected,
            Actual = difference.First?.Actual,
            Allowed = difference.First?.Allowed,
            RowsWrong = difference.WrongRows,
            RowsCompared = difference.Rows,
            Detail = $"{arm.Arm.FullName}: not what {engine.Comparison.PlainEngine} computes without drafts",
        });
    }

    private IEnumerable<Finding> WrongHead()
    {
        if (engine.Results.FirstOrDefault(result => result.Head is { Wrong.Count: > 0 }) is not { } arm) yield break;
        HeadJudgement head = arm.Head!;
        WrongDraft first = head.Wrong[0];
        yield return Known(new Finding(Invariant($"draft-head-{_options.Seed:x}"), "draft-head", _options.Engine.Name)
        {
            Fingerprint = "draft-head",
            Np = Math.Min(_options.Slots, _options.Prompts.Prompts.Count),
            Step = 0,
            Detail = Invariant($"{arm.Arm.FullName}: {head.Wrong.Count} of {head.Compared} drafts are not the reference's, the first ")
                + Invariant($"for token {first.Token} of prompt {first.Prompt}, place {first.Place}: expected {first.Expected}, ")
                + Invariant($"drafted {first.Actual}, {first.Gap:G3} nats behind; accepted {Rate(arm.Tally)}, expected {Rate(head.Expected)}"),
        });
    }

    private Finding Known(Finding finding) => new FindingGroups(policy).Add(finding);

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
