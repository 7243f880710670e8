using Gdn.Harness.Findings;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using static Gdn.Harness.Campaigns.PerplexityText;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What perplexities of engines report.</summary>
/// <param name="campaign">What was run.</param>
/// <param name="results">What came of it.</param>
/// <param name="isCompleted">Whether all of it was run.</param>
internal sealed class PerplexityReport(PerplexityCampaign campaign, IReadOnlyList<EnginePerplexity> results, bool isCompleted)
{
    /// <summary>A line of a table.</summary>
    private sealed record Row(EnginePerplexity Engine, PerplexityRun Run)
    {
        public ScoreComparison? Pair { get; init; }

        public Verdict Verdict { get; init; } = Verdict.Inconclusive;

        public Finding? Finding { get; init; }

        public PairedDifference? Difference => Pair is { Chunks: >= 2 } pair ? pair.Difference : null;

        public PerplexityEstimate? Estimate => Run.Scores.Chunks > 0 ? Run.Scores.Estimate : null;

        public Row Dirty(string kind, string detail) => this with
        {
            Verdict = Verdict.Dirty,
            Finding = new Finding(Invariant($"ppl-{Run.Plan.Path}-n{Run.Plan.Sequences}"), "perplexity", Engine.Engine)
            {
                Np = Run.Plan.Sequences,
                Scenario = Run.Plan.Path,
                Detail = Run.Fallback is { } fallback ? $"{detail}; {fallback}" : detail,
                Fingerprint = $"perplexity/{kind}/{Run.Plan.Path}",
            },
        };
    }

    private static readonly TableOf<Row> Rows = new TableOf<Row>("perplexity")
        .Data("engine", row => row.Engine.Engine)
        .Left("path", "path", row => row.Run.Plan.Path)
        .Right("sequences", "n_seq", row => row.Run.Plan.Sequences)
        .Left("verdict", "verdict", row => row.Verdict)
        .Right("perplexity", "PPL", row => row.Estimate?.Value, row => Text(row.Estimate))
        .Data("error", row => row.Estimate?.Error)
        .Right("difference", "worse by [95% CI]", row => row.Difference, row => Compared(row.Pair, row.Difference))
        .Right("largestMove", "largest move", row => row.Pair?.LargestMove, row => Nats(row.Pair), "nats")
        .Data("sameTop", row => row.Pair?.SameTop)
        .Data("scoredTokens", row => row.Run.Scores.Surprises.Length)
        .Data("tokensPerPass", row => row.Run.Plan.Piece * row.Run.Plan.Sequences)
        .Data("fallbacks", row => row.Run.Counters.Fallbacks)
        .Data("running", row => row.Run.Scores.Running.ToArray());

    private readonly Row[] _rows = [.. results.SelectMany(engine => engine.Runs.Select(run => Judge(campaign, results[0], engine, run)))];

    /// <summary>The part.</summary>
    public Part ToPart()
    {
        IReadOnlyList<Finding> findings = Different(_rows.Select(row => row.Finding), campaign.Policy);
        int undecided = _rows.Count(row => row.Verdict == Verdict.Inconclusive);
        return new Part(campaign.Name, Part.VerdictOf(findings, isCompleted && undecided == 0), Basis(findings.Count > 0, undecided))
        {
            Content = [.. results.SelectMany(ContentOf)],
            Findings = findings,
        };
    }

    private IEnumerable<IPartContent> ContentOf(EnginePerplexity engine)
    {
        Row[] rows = [.. _rows.Where(row => row.Engine == engine)];
        yield return new Note($"{engine.Engine}: {engine.Rule}");
        yield return Rows.Of(rows);
        foreach (IPartContent content in DivergenceTable.Of(engine, Reference)) yield return content;
        string[] fallbacks = [.. rows.Where(row => row.Run.Fallback is not null).Select(row => row.Run.Name)];
        if (fallbacks.Length > 0)
            yield return new Note($"{engine.Engine}: it ran batches of several sequences in several passes: {string.Join(", ", fallbacks)}");
    }

    private string Reference => campaign.Base?.Name ?? $"{results[0].Engine}, {results[0].Runs[0].Name}";

    private static Row Judge(PerplexityCampaign campaign, EnginePerplexity firstEngine, EnginePerplexity engine, PerplexityRun run)
    {
        Row row = JudgeScores(campaign, firstEngine, engine, run);
        if (row.Verdict != Verdict.Clean || (campaign.MostDivergence, run.Divergence?.Mean) is not ({ } most, { } mean)) return row;
        return mean.Low > most ? row.Dirty("kl-divergence", Invariant($"divergence {DivergenceTable.Nats(mean)} nats, allowed {most:G3}"))
            : mean.High > most || !double.IsFinite(mean.Mean) ? row with { Verdict = Verdict.Inconclusive }
            : row;
    }

    private static Row JudgeScores(PerplexityCampaign campaign, EnginePerplexity firstEngine, EnginePerplexity engine, PerplexityRun run)
    {
        var row = new Row(engine, run);
        if (run.Failure is { } failure) return row.Dirty("failed", failure);
        if (run.Scores.Chunks < 2) return row;
        if (engine.BaseOf(run) is { } first) return JudgeWithin(campaign, row, first);
        if (FirstNonNumber(run.Scores) is { } none)
            return row.Dirty("not-a-number", Invariant($"no number from chunk {none.Chunk}, position {none.Position} on"));
        return engine == firstEngine || firstEngine.Runs[0].Scores.Chunks < 2
            ? row with { Verdict = Verdict.Clean }
            : JudgeDifference(
                campaign, row with { Pair = new ScoreComparison(firstEngine.Runs[0].Scores, run.Scores) }, firstEngine.Engine);
    }

    // Against another run of the same engine.
    private static Row JudgeWithin(PerplexityCampaign campaign, Row row, PerplexityRun first)
    {
        if (first.Scores.Chunks < 2) return row;
        (PairRule rule, bool isSamePath) = (row.Engine.Rule, first.Plan.Path == row.Run.Plan.Path);
        var pair = new ScoreComparison(first.Scores, row.Run.Scores);
        Row judged = JudgeDifference(campaign, row with { Pair = pair }, first.Name);
        if (rule.IsUseless) return judged.Verdict == Verdict.Clean ? judged with { Verdict = Verdict.Inconclusive } : judged;
        return rule.Wrong(pair, isSamePath) is { Count: > 0 } wrong
            ? judged.Dirty("wrong-tokens", Evidence(row.Run, first, pair, wrong, rule.Allowed(isSamePath)))
            : judged;
    }

    private static Row JudgeDifference(PerplexityCampaign campaign, Row row, string against)
    {
        PairedDifference difference = row.Pair!.Difference;
        return difference.Exceeds(campaign.Margin) ? row.Dirty("perplexity", $"{Worse(difference)} than {against}")
            : difference.IsWithin(campaign.Margin) ? row with { Verdict = Verdict.Clean }
            : row;
    }

    private static string Evidence(
        PerplexityRun run, PerplexityRun first, ScoreComparison pair, IReadOnlyList<MovedToken> wrong, double allowed)
    {
        IEnumerable<string> bySequence = wrong.GroupBy(token => token.Chunk % run.Plan.Sequences).OrderBy(group => group.Key)
            .Select(group => Invariant($"{group.Count()} of sequence {group.Key}"));
        return Invariant($"{wrong.Count} of {pair.Tokens} tokens are other than with {first.Name} ({string.Join(", ", bySequence)}); ")
            + Invariant($"first in chunk {wrong[0].Chunk}, position {wrong[0].Position}: ")
            + Invariant($"log-probability expected {wrong[0].Expected:G6}, actual {wrong[0].Actual:G6}, allowed difference {allowed:G2}; ")
            + $"perplexity {Worse(pair.Difference)}";
    }

    private static (int Chunk, int Position)? FirstNonNumber(TokenScores scores)
    {
        for (int i = 0; i < scores.Surprises.Length; i++)
            if (!double.IsFinite(scores.Surprises[i]))
                return (i / scores.Text.ScoredPerChunk, scores.Text.FirstScored + i % scores.Text.ScoredPerChunk);
        return null;
    }

    private string Basis(bool isDirty, int undecided)
    {
        string text = Invariant($"{_rows.Count(row => row.Verdict == Verdict.Clean)} of {_rows.Length} runs as they should be");
        return !isCompleted ? $"{text}, interrupted"
            : !isDirty && undecided > 0 ? Invariant($"{text}; {undecided} not decided: use more text")
            : text;
    }

    private static string Compared(ScoreComparison? pair, PairedDifference? difference) =>
        pair is { IsSameBits: true } ? "same bits" : difference is { } value ? Text(value) : "";

    private static string Nats(ScoreComparison? pair) =>
        pair is null ? "" : pair.LargestMove == 0 ? "0" : Invariant($"{pair.LargestMove:G2}");
}
