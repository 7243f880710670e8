using Gdn.Harness.Checks;
using Gdn.Harness.Divergence;
using Gdn.Harness.Findings;
using Gdn.Harness.Metrics;
using Gdn.Harness.MtpDiff;
using Gdn.Harness.Reports;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Output and logits with drafts against those without, on one engine or on two: every way of drafting, every K, several
/// sequences in one batch.
/// </summary>
/// <param name="Options">What to compare.</param>
internal sealed record MtpDiffCampaign(MtpDiffOptions Options) : Campaign
{
    /// <inheritdoc/>
    public override string Name => $"mtp-diff, {Options.Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        .. HeadOf(Options.Engine.Name + (Options.Against is { } other ? $" against {other.Name}" : ""), Options.Model, Options.Seed),
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
        IReadOnlyList<ComparedEngine> engines = ComparedEngine.Of(Options);
        if (engines.FirstOrDefault(engine => engine.Drafts.Count == 0) is { } rigid)
            return Part.NotRun(
                Name, $"drafting was not on: {rigid.Name ?? "the engine"} declares no rollback that rejected drafts could be taken back with");

        var arms = engines.Select(engine => DraftArm.All(engine.Sources, engine.Drafts, engine.Runner.Restores)).ToArray();
        progress.Begin(Name, 1 + arms.Sum(list => list.Count));
        if (engines[0].Comparison.RunPlain(cancellation) is { } wrong)
            return Wrong(
                "wrong without any draft", [new MtpDiffFindings(engines[0], Policy).Shrunk(wrong, cancellation)],
                [new Note("drafts were not tried", IsWarning: true)]);
        progress.Step();

        IReadOnlyList<DraftSpeed> speeds = [];
        try
        {
            foreach ((ComparedEngine engine, IReadOnlyList<DraftArm> list) in engines.Zip(arms))
                foreach (DraftArm arm in list)
                {
                    cancellation.ThrowIfCancellationRequested();
                    engine.Results.Add(engine.Comparison.Run(arm, cancellation));
                    progress.Step();
                }

            speeds = SpeedsOf(engines[0], cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Interrupted: the arms that are done are the result.
        }

        return PartOf(engines, speeds, completed: engines.Sum(engine => engine.Results.Count) == arms.Sum(list => list.Count), cancellation);
    }

    // No speed of what is wrong.
    private IReadOnlyList<DraftSpeed> SpeedsOf(ComparedEngine engine, CancellationToken cancellation)
    {
        ArmResult[] heads = [.. engine.Results.Where(result =>
            result is { Arm: { Source: DraftSourceKind.Head, IsSwept: true }, Outcome: not Outcome.Corrupt, Head.Wrong.Count: 0 })];
        return Options.TimedRounds == 0 || heads.Length == 0
            ? []
            : new SpeedMeasurement(engine.Runner, engine.Comparison.Plain).Run(
                heads, Options.TimedRounds, new SeededRandom(Options.Seed), cancellation);
    }

    private Part PartOf(
        IReadOnlyList<ComparedEngine> engines, IReadOnlyList<DraftSpeed> speeds, bool completed, CancellationToken cancellation)
    {
        ArmResult[] results = [.. engines.SelectMany(engine => engine.Results)];
        List<Note> notes = [.. engines.SelectMany(NotesOf)];
        bool wasOn = engines.All(engine => TallyOf(engine) is var tally && tally.Drafted > tally.Accepted);
        var all = new DraftTally(engines.SelectMany(RoundsOf));
        Finding[] findings = [.. engines.SelectMany(engine => new MtpDiffFindings(engine, Policy).Of(cancellation))];
        int answers = results.Sum(result => result.Answers.Count), corrupt = Count(results, Outcome.Corrupt);
        string basis = Invariant($"{corrupt} of {answers} answers corrupt, {Count(results, Outcome.Tie)} near-ties; ")
            + Invariant($"{all.Accepted} of {all.Drafted} drafts accepted; a rate of {BinomialRate.Percent(BinomialRate.Detectable(answers))} ")
            + "would have shown" + (completed ? "" : ", interrupted");
        return new Part(Name, Part.VerdictOf(findings, completed && wasOn), basis)
        {
            Content =
            [
                .. TablesOf(engines),
                .. speeds.Count > 0 ? [ComparisonTables.Speed(speeds)] : Array.Empty<IPartContent>(),
                .. notes,
                .. JudgingNotes.Of(Options.Engine, Options.Model),
            ],
            Findings = findings,
        };
    }

    private static IEnumerable<Note> NotesOf(ComparedEngine engine)
    {
        string prefix = PrefixOf(engine);
        if (engine.Drafts.Count < engine.Options.Drafts.Count)
            yield return new Note(Invariant($"{prefix}left out: K above {engine.Runner.MostDrafts}, since the engine declares no such rollbacks"));
        if (engine.LacksHead)
            yield return new Note(
                $"{prefix}left out: drafts of the head, since the model has no draft (MTP) layers or the engine does not run them");
        if (!engine.Comparison.RepeatsItself) yield return new Note($"{prefix}without drafts, a second run gave other bits");
        if (DepthTest.Diagnose(engine.Results) is { } diagnosis) yield return new Note($"{prefix}depth: {diagnosis}", IsWarning: true);
        foreach (IGrouping<string, ArmResult> group in engine.Results.Where(result => result.Arm.IsSwept).GroupBy(result => result.Arm.Name))
            if (DepthTest.FirstByDrafts(group) is { Length: > 0 } first)
                yield return new Note($"{prefix}{group.Key}, first token that differs: {first}");
        DraftTally tally = TallyOf(engine);
        if (tally.Drafted == tally.Accepted)
            yield return new Note(
                prefix + (tally.Drafted == 0
                    ? "drafting was not on: nothing was drafted"
                    : "nothing was rejected: rollbacks were not tested"),
                IsWarning: true);
    }

    private IEnumerable<Table> TablesOf(IReadOnlyList<ComparedEngine> engines)
    {
        IReadOnlyList<PlainAnswer> plain = engines[0].Comparison.Plain;
        string[] hashes = [.. plain.Select(answer => ComparisonTables.Hash(answer.Tokens))];
        (ComparedEngine Engine, ArmResult Result, ArmRow Row)[] arms = [.. engines.SelectMany(engine => engine.Results.Select(
            result => (engine, result, ArmRow.Of(result, engine.Results[0].TokensPerSecond, engine.Name))))];
        yield return ComparisonTables.Grid(
            [.. Options.Prompts.Prompts.Select(prompt => prompt.Name)], hashes,
            arms.Select(arm => (ColumnOf(arm.Engine, arm.Result.Arm), MarksOf(arm.Result, hashes))));
        yield return ComparisonTables.Arms([.. arms.Select(arm => arm.Row)]);
        // Of forced drafts it says nothing; of others the longest say all.
        yield return ComparisonTables.Acceptance(arms
            .Where(arm => arm.Result.Arm is { Source: not DraftSourceKind.Forced } drafts && drafts.Drafts == arm.Engine.Drafts[^1])
            .Select(arm => arm.Row));
        DivergenceRow[] divergences = [.. arms.Select(arm => Worst(arm.Engine, arm.Result, plain)).OfType<DivergenceRow>()];
        if (divergences.Length > 0) yield return ComparisonTables.Divergences(divergences);
    }

    private static string ColumnOf(ComparedEngine engine, DraftArm arm) =>
        PrefixOf(engine) + arm.Group;

    private static IReadOnlyList<string> MarksOf(ArmResult result, string[] plain) =>
        [.. result.Answers.Zip(plain, (answer, hash) =>
            ComparisonTables.Mark(answer.Difference.Outcome, ComparisonTables.Hash(answer.Answer.Ids), hash))];

    // Of each arm the worst answer that is not that without drafts.
    private DivergenceRow? Worst(ComparedEngine engine, ArmResult result, IReadOnlyList<PlainAnswer> plain)
    {
        (int index, var worst) = result.Answers.Index().MaxBy(answer => answer.Item.Difference.Outcome);
        return worst.Difference.Outcome == Outcome.Same
            ? null
            : DivergenceRow.Of(
                Options.Prompts, index, PrefixOf(engine) + result.Arm.FullName, plain[index].Tokens, worst.Answer.Ids, worst.Difference);
    }

    private static string PrefixOf(ComparedEngine engine) => engine.Name is null ? "" : $"{engine.Name}: ";

    private static DraftTally TallyOf(ComparedEngine engine) => new(RoundsOf(engine));

    private static IEnumerable<(int Drafted, int Accepted)> RoundsOf(ComparedEngine engine) =>
        engine.Results.SelectMany(result => result.Answers).SelectMany(answer => answer.Answer.Rounds).Select(round => round.Counts);

    private Part Wrong(string basis, IReadOnlyList<Finding> findings, IReadOnlyList<Note> notes) =>
        new(Name, Part.VerdictOf(findings, completed: true), basis) { Content = notes, Findings = findings };

    private static int Count(IEnumerable<ArmResult> results, Outcome outcome) => results.Sum(result => result.Count(outcome));
}
