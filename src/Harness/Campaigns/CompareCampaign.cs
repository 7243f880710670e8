using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>
/// Two engines, or two builds of one, side by side: first whether they are right, and then, if both are, how fast each is.
/// </summary>
/// <param name="First">A: what the other is compared with.</param>
/// <param name="Second">B.</param>
/// <param name="Model">The model.</param>
/// <param name="Workloads">What is timed.</param>
/// <param name="Seed">Fixes traffic, orders and resamples.</param>
public sealed record CompareCampaign(
    IEngineFactory First, IEngineFactory Second, LoadedModel Model, IReadOnlyList<Workload> Workloads, ulong Seed) : Campaign
{
    // Many a state is mixed up with three sequences, and not with two.
    private const int LeastBleed = 3;

    /// <summary>A, slower by <see cref="PlantedShare"/>: a comparison has to find that. Null to do without.</summary>
    public IEngineFactory? Planted { get; init; }

    /// <summary>How much slower <see cref="Planted"/> is.</summary>
    public double PlantedShare { get; init; } = 0.04;

    /// <summary>Relative differences of speed up to this do not matter.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>What differs or is open is timed again until about then.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a sample lasts at least, where a few runs of a workload are enough for that.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override string Name => $"compare, {Model.Name}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Head =>
    [
        $"A {First.Name}",
        $"B {Second.Name}",
        Invariant($"model {Model.Name} (sha256 {Model.Sha256[..12]}), seed {Seed}"),
        $"machine: {RunEnvironment.Current.Machine}",
    ];

    /// <inheritdoc/>
    protected override async Task<Part> PlayAsync(ICampaignProgress progress, CancellationToken cancellation)
    {
        var checks = new CompareChecks(
            new CorrectnessFirst([First, Second], Model, Math.Max(LeastBleed, Workloads.Max(workload => workload.Slots)), Seed));
        await checks.RunAsync(Policy, progress, cancellation);
        var part = new ComparePart(this, checks);
        if (checks.Findings.Any(finding => !finding.IsKnown)) return part.Wrong();
        try
        {
            return Timed(part, progress, cancellation);
        }
        catch (TimingFailedException e)
        {
            return part.Failed(e);
        }
    }

    private Part Timed(ComparePart part, ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin("A against itself", total: null);
        var options = new SpeedTrialOptions { Margin = Margin, Limit = Limit, Sample = Sample };
        if (SpeedPlan.Make(First, Model, Workloads, options, SeededRandom.Derive(Seed, 11), cancellation) is not { } plan) return part.Interrupted();
        options = options with { Rounds = plan.Rounds };
        string detectable = DetectableOf(plan, options);
        // Said before B is timed, so that nobody can choose it afterwards.
        progress.Begin($"A against B; {detectable}", total: null);
        var trial = new SpeedTrial(First, Second, Model, Workloads, options, SeededRandom.Derive(Seed, 12));
        IReadOnlyList<SpeedAnswer> answers = trial.Run(progress.Step, cancellation);
        SpeedAnswer? planted = Planted is null || cancellation.IsCancellationRequested ? null : PlantedAnswer(options, progress, cancellation);
        return cancellation.IsCancellationRequested || answers.Count == 0
            ? part.Interrupted()
            : part.Of(answers, trial, planted, detectable);
    }

    // Its answers are enough: they are what is slow by a few percent first.
    private SpeedAnswer? PlantedAnswer(SpeedTrialOptions options, ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Invariant($"A against A slower by {100 * PlantedShare:0.#}%"), total: null);
        return new SpeedTrial(First, Planted!, Model, [Workloads[0]], options, SeededRandom.Derive(Seed, 13))
            .Run(progress.Step, cancellation)
            .FirstOrDefault(answer => answer.Question.Phase == Phase.Answer);
    }

    private static string DetectableOf(SpeedPlan plan, SpeedTrialOptions options)
    {
        int most = options.Rounds << (options.Stages - 1);
        string Percent(Phase phase, int rounds) => Invariant($"{100 * plan.Detectable(phase, rounds, options.Margin):0.#}%");
        return Invariant($"{plan.Rounds} rounds will show differences from {Percent(Phase.Prompt, plan.Rounds)} (PP) and ")
            + Invariant($"{Percent(Phase.Answer, plan.Rounds)} (TG) on, {most} from {Percent(Phase.Prompt, most)} and {Percent(Phase.Answer, most)}");
    }
}
