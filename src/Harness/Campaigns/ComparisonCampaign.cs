using Gdn.Harness.Reports;
using Gdn.Harness.Throughput;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Two engines or two servers side by side: first whether they are right, and then, if both are, how fast each is.</summary>
/// <param name="Workloads">What is timed.</param>
/// <param name="Seed">Fixes traffic, orders and resamples.</param>
public abstract record ComparisonCampaign(IReadOnlyList<Workload> Workloads, ulong Seed) : Campaign
{
    /// <summary>How much slower A is made, to see that it would be found.</summary>
    public double PlantedShare { get; init; } = 0.04;

    /// <summary>Relative differences of speed up to this do not matter.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>What differs or is open is timed again until about then.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a sample lasts at least, where a few runs of a workload are enough for that.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Compares speeds, unless something is wrong.</summary>
    /// <param name="first">A.</param>
    /// <param name="second">B.</param>
    /// <param name="planted">A, made slower; null to do without.</param>
    /// <param name="before">What was found out before.</param>
    /// <param name="progress">Shown how far it has come.</param>
    /// <param name="cancellation">Ends it early.</param>
    private protected Part Compare(
        ISpeedSubject first, ISpeedSubject second, ISpeedSubject? planted, CheckedFirst before, ICampaignProgress progress,
        CancellationToken cancellation)
    {
        var part = new ComparePart(this, first.Name, second.Name, before);
        if (before.Findings.Any(finding => !finding.IsKnown)) return part.Wrong();
        try
        {
            return Timed(part, first, second, planted, progress, cancellation);
        }
        catch (TimingFailedException e)
        {
            return part.Failed(e);
        }
    }

    private Part Timed(
        ComparePart part, ISpeedSubject first, ISpeedSubject second, ISpeedSubject? planted, ICampaignProgress progress,
        CancellationToken cancellation)
    {
        progress.Begin("A against itself", total: null);
        var options = new SpeedTrialOptions { Margin = Margin, Limit = Limit, Sample = Sample };
        if (SpeedPlan.Make(first, Workloads, options, SeededRandom.Derive(Seed, 11), cancellation) is not { } plan) return part.Interrupted();
        options = options with { Rounds = plan.Rounds };
        string detectable = DetectableOf(plan, options);
        // Said before B is timed, so that nobody can choose it afterwards.
        progress.Begin($"A against B; {detectable}", total: null);
        var trial = new SpeedTrial(first, second, Workloads, options, SeededRandom.Derive(Seed, 12));
        IReadOnlyList<SpeedAnswer> answers = trial.Run(progress.Step, cancellation);
        SpeedAnswer? slower = planted is null || cancellation.IsCancellationRequested
            ? null
            : PlantedAnswer(first, planted, options, progress, cancellation);
        return cancellation.IsCancellationRequested || answers.Count == 0
            ? part.Interrupted()
            : part.Of(answers, trial, slower, detectable);
    }

    // Its answers are enough: they are what is slow by a few percent first.
    private SpeedAnswer? PlantedAnswer(
        ISpeedSubject first, ISpeedSubject planted, SpeedTrialOptions options, ICampaignProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Invariant($"A against A slower by {100 * PlantedShare:0.#}%"), total: null);
        return new SpeedTrial(first, planted, [Workloads[0]], options, SeededRandom.Derive(Seed, 13))
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
