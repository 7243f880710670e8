using Gdn.Harness.Checks;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.MtpDiff;

/// <summary>Runs a comparison: the answers without drafts, twice, and then every arm against them.</summary>
internal sealed class Comparison(MtpDiffOptions options, DraftRunner runner)
{
    private readonly List<PlainAnswer> _plain = [];
    private Comparison? _own;
    private IReadOnlyList<ReferenceDrafts>? _reference;

    /// <summary>The engine that answers without drafts.</summary>
    public string PlainEngine => _own?.PlainEngine ?? options.Engine.Name;

    private DraftRunner Runner => runner;

    /// <summary>The answers without drafts.</summary>
    public IReadOnlyList<PlainAnswer> Plain => _plain;

    /// <summary>Whether a second run without drafts gave the same bits.</summary>
    public bool RepeatsItself { get; private set; } = true;

    /// <summary>
    /// The same for another engine, whose answers are compared with those of this one: its rows may be as far off as rounding
    /// explains on either.
    /// </summary>
    /// <param name="others">The options of the other engine.</param>
    /// <param name="othersRunner">Answers on it.</param>
    public Comparison For(MtpDiffOptions others, DraftRunner othersRunner) => new(others, othersRunner) { _own = this };

    /// <summary>Answers without drafts, and finds out how far from them right answers may be.</summary>
    /// <returns>What the engine gets wrong without any draft; null where nothing.</returns>
    public CaseResult? RunPlain(CancellationToken cancellation)
    {
        foreach (int[][] prompts in runner.Groups)
        {
            SpeculativeRun run = runner.RunPlain(prompts, cancellation);
            ModelCase @case = runner.CaseOf(run.Schedule);
            CheckOutcome outcome = new DifferentialCheck().Run(@case, cancellation);
            if (outcome.Discrepancy is { } discrepancy)
                return new CaseResult(@case, outcome.Rows, outcome.Ties, [new CheckFailure(new DifferentialCheck(), discrepancy)]);
            IReadOnlyList<LogitsRow> again = @case.Rows(cancellation);
            IReadOnlyList<OracleRow> oracle = @case.OracleRows(cancellation);
            // Bits, where the engine promises that they do not depend on how tokens are cut.
            double share = @case.Capabilities is { IsReproducible: true, IsCutInvariant: true }
                ? 0
                : MeasuredNoise.Of(options.Engine, options.Model).MoveShare;
            foreach ((int[] prompt, DraftedAnswer answer) in prompts.Zip(run.Answers))
            {
                RepeatsItself &= answer.Tokens.All(token => RowComparison.SameBits(token.Logits, again[token.Row].Logits));
                // Either row may be off as far as the oracle allows.
                _plain.Add(new PlainAnswer(prompt, answer.Ids, [.. answer.Tokens.Select(token => new PlainRow(
                    token.Logits, 2 * share * oracle[token.Row].Allowed, oracle[token.Row].Allowed / Oracle.NoiseFactor,
                    oracle[token.Row].IsRouterTie))]));
            }
        }

        return null;
    }

    /// <summary>Answers in the way of an arm, and compares.</summary>
    public ArmResult Run(DraftArm arm, CancellationToken cancellation)
    {
        var runs = new List<SpeculativeRun>();
        var answers = new List<(DraftedAnswer, AnswerDifference)>();
        if (_own is not null && _plain.Count == 0) _plain.AddRange(_own.PlainFor(options));
        var comparison = new AnswerComparison((_own?.Runner ?? runner).DecodePlain);
        foreach (int[][] prompts in runner.Groups)
        {
            PlainAnswer[] plain = [.. _plain.Skip(answers.Count).Take(prompts.Length)];
            SpeculativeRun run = runner.Run(arm, prompts, [.. plain.Select(answer => answer.Tokens)], cancellation);
            answers.AddRange(plain.Zip(run.Answers, (right, drafted) => (drafted, comparison.Compare(right, drafted))));
            runs.Add(run);
        }

        var result = new ArmResult(arm, runs, answers);
        return arm.Source == DraftSourceKind.Head
            ? result with { Head = HeadJudgement.Of(arm, [.. result.Answers.Select(answer => answer.Answer)], _plain, Reference(cancellation)) }
            : result;
    }

    // Both engines round, each in its way.
    private IEnumerable<PlainAnswer> PlainFor(MtpDiffOptions others)
    {
        double share = Math.Max(
            MeasuredNoise.Of(options.Engine, options.Model).MoveShare, MeasuredNoise.Of(others.Engine, others.Model).MoveShare);
        return _plain.Select(answer => answer with
        {
            Rows = [.. answer.Rows.Select(row => row with { Allowed = 2 * share * Oracle.NoiseFactor * row.Noise })],
        });
    }

    private IReadOnlyList<ReferenceDrafts> Reference(CancellationToken cancellation) => _own?.Reference(cancellation) ?? (_reference ??=
        [.. _plain.AsParallel().AsOrdered().WithCancellation(cancellation).Select(
            answer => ReferenceDrafts.Along(options.Model, answer, options.Drafts[^1], cancellation))]);
}
