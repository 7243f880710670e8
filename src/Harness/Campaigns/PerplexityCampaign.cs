using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Perplexity;
using Gdn.Harness.Reports;
using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.State;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Perplexity of a text, with 1, 2, 4, ... of its chunks side by side in a batch, read at once and token by token: the same text has the
/// same perplexity however it is fed. The first run of each engine and path is what the others are compared with, token by token; the
/// first engine is what the other engines are.
/// </summary>
/// <param name="Engines">The engines.</param>
/// <param name="Model">The model.</param>
/// <param name="Text">The text.</param>
/// <param name="TextName">Its name in reports.</param>
/// <param name="Sequences">Numbers of sequences, the first of which the others are compared with.</param>
public sealed record PerplexityCampaign(
    IReadOnlyList<IEngineFactory> Engines, LoadedModel Model, ScoredText Text, string TextName, IReadOnlyList<int> Sequences) : Campaign
{
    // Single sequences in other cuts, of no whole number of any kernel's blocks.
    private static readonly double[] OtherCuts = [0.45, 0.3];

    /// <summary>Whether the text is also fed token by token, as answers are.</summary>
    public bool Decodes { get; init; } = true;

    /// <summary>Relative differences of perplexity up to this do not matter.</summary>
    public double Margin { get; init; } = 0.001;

    /// <summary>A saved base that all runs are compared with; null to compare the other engines with the first run of the first.</summary>
    internal KlBaseFile? Base { get; init; }

    /// <summary>Where the distributions of the first run are saved as a base file; null for nowhere.</summary>
    public string? SavedBase { get; init; }

    /// <summary>Mean divergence that a run may have, in nats; null for any.</summary>
    public double? MostDivergence { get; init; }

    /// <inheritdoc/>
    public override string Name => $"perplexity, {Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        Invariant($"engine {string.Join(" and ", Engines.Select(engine => engine.Name))}, model {Model.Name} ")
            + $"(sha256 {Model.Sha256[..12]})",
        Invariant($"text {TextName}: {Text.Chunks} chunks of {Text.Context} tokens, {Text.ScoredPerChunk} of each scored"),
    ];

    /// <inheritdoc/>
    protected override Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Name, Engines.SelectMany(PlansFor).Sum(plan => (Text.Chunks + plan.Sequences - 1) / plan.Sequences));
        var results = new List<EnginePerplexity>();
        var first = new FirstRun(this);
        foreach (IEngineFactory engine in Engines)
        {
            if (cancellation.IsCancellationRequested) break;
            PerplexityRun[] runs = [.. PlansFor(engine).Select((plan, i) =>
            {
                PerplexityRun Scored(IReadOnlyList<IScoredRows> others) =>
                    Score(engine, plan, others, first.ReferenceOf(engine), progress.Step, cancellation);
                return i == 0 && engine == Engines[0] ? first.Play(Scored) : Scored([]);
            })];
            results.Add(new EnginePerplexity(engine.Name, runs, RuleFor(engine, runs)));
        }

        Part part = new PerplexityReport(this, results, isCompleted: !cancellation.IsCancellationRequested).ToPart();
        return Task.FromResult(part with { Unwritten = first.Unwritten });
    }

    private IEnumerable<PassPlan> PlansFor(IEngineFactory engine) =>
    [
        .. Sequences.Select(sequences => PassPlan.Prefill(sequences, Text.Context)),
        .. PromisesBits(engine) ? [] : OtherCuts.Select(share => PassPlan.Cut((int)(share * Text.Context) | 1)),
        .. Decodes ? Sequences.Select(PassPlan.Decode) : [],
    ];

    private bool PromisesBits(IEngineFactory engine) =>
        DeclaredCapabilities.Of(engine, Model) is { IsReproducible: true, IsCutInvariant: true };

    private PairRule RuleFor(IEngineFactory engine, IReadOnlyList<PerplexityRun> runs)
    {
        if (PromisesBits(engine)) return new PairRule(Noise: null, IsSinglePrecision: true);
        TokenScores[] singles =
            [.. runs.Where(run => run.Plan is { Sequences: 1, Piece: > 1 }).Select(run => run.Scores)];
        bool isSingle = DeclaredCapabilities.Of(engine, Model) is
        { DeclaresArithmetic: true, States: StateFormat.F32, Caches: StateFormat.F32 };
        return new PairRule(singles.Skip(1).Max(scores => new ScoreComparison(singles[0], scores).LargestMove), isSingle);
    }

    private PerplexityRun Score(
        IEngineFactory factory, PassPlan plan, IReadOnlyList<IScoredRows> others, IDistributions? reference, Action step,
        CancellationToken cancellation)
    {
        EngineOptions options = Model.Options(plan.Sequences, planes: 1) with
        {
            MaxBatchTokens = Math.Max(LoadedModel.MaxBatchTokens, plan.Sequences * plan.Piece),
            MaxPositions = Text.Context,
        };
        try
        {
            using IModelEngine engine = factory.Create(options);
            int most = Math.Min(options.MaxBatchTokens, engine.Info.Capabilities.MaxBatchTokens) / plan.Sequences;
            if (most == 0)
                throw new InputException(
                    $"engine '{factory.Name}'", Invariant($"a batch cannot hold a token of each of {plan.Sequences} sequences"),
                    "use a smaller --n-seq");
            PassPlan possible = plan with { Piece = Math.Min(plan.Piece, most) };
            DivergenceMeter? meter = reference is null ? null : new DivergenceMeter(Text, reference);
            TokenScores scores = new TextScorer(engine, possible, Text, meter is null ? others : [.. others, meter])
                .Run(step, cancellation);
            return new PerplexityRun(possible, scores, engine.Counters) { Divergence = meter?.Summarize(scores.Chunks) };
        }
        catch (Exception e) when (e is not (InputException or EnvironmentException or OperationCanceledException))
        {
            return new PerplexityRun(plan, new TokenScores(Text), default) { Failure = e.Message };
        }
    }
}
