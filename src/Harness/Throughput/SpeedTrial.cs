using System.Diagnostics;
using Gdn.Harness.Metrics;

namespace Gdn.Harness.Throughput;

/// <summary>
/// Compares the speeds of two engines: in stages, each with more rounds for what the last one could not decide, and a confirming run for
/// what differs.
/// </summary>
/// <remarks>
/// The probability of a false difference is divided among the stages, and within a stage Holm's procedure divides it among the questions. What
/// the engines have no part in is timed with them: as far as that differs, differences do not count.
/// </remarks>
/// <param name="first">What the other is compared with.</param>
/// <param name="second">The other.</param>
/// <param name="workloads">What is timed.</param>
/// <param name="options">How.</param>
/// <param name="seed">Fixes orders and resamples.</param>
internal sealed class SpeedTrial(
    ISpeedSubject first, ISpeedSubject second, IReadOnlyList<Workload> workloads, SpeedTrialOptions options, ulong seed)
{
    // Standard errors come out to within 2%.
    private const int Resamples = 2_000;

    private readonly SeededRandom _random = new(SeededRandom.Derive(seed, 1));
    private readonly Dictionary<SpeedQuestion, SpeedAnswer> _answers = [];
    private PhaseTime _measured;
    private int _samplers;

    /// <summary>The time of the work that is the same for both: the second engine's over the first's; null before the first stage.</summary>
    public RatioEstimate? Floor { get; private set; }

    /// <summary>
    /// Differences up to this do not count: the margin, and on top of it that of the noise floor, as far as it is certain.
    /// </summary>
    public double Margin => Floor is { } floor ? (1 + options.Margin) * Math.Max(1, Math.Max(floor.Low, 1 / floor.High)) - 1 : options.Margin;

    /// <summary>The part of all measured time in which other processes had the processor.</summary>
    public double Waiting => _measured.Wall > 0 ? _measured.Waited / _measured.Wall : 0;

    /// <summary>Runs it.</summary>
    /// <param name="step">Called after each round.</param>
    /// <param name="cancellation">Ends it; what is not decided by then stays so.</param>
    /// <returns>An answer to every question that was looked at; none if it ended before.</returns>
    /// <exception cref="TimingFailedException">An engine failed.</exception>
    public IReadOnlyList<SpeedAnswer> Run(Action step, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        Workload[] open = [.. workloads];
        SpeedSampler? sampler = null;
        Workload[] sampled = [];
        for (int stage = 0, rounds = options.Rounds; stage < options.Stages && open.Length > 0; stage++, rounds *= 2)
        {
            // What was decided is not run again.
            if (sampler is null || open.Length < sampled.Length) (sampler, sampled) = (Sampler(open), open);
            int more = rounds - sampler.Samples.Rounds;
            if (stage > 0 && watch.Elapsed * (1 + more * (double)open.Length / (workloads.Count * (rounds / 2.0))) > options.Limit) break;
            sampler.Run(more, step, cancellation);
            if (sampler.Samples.Rounds < rounds) break;
            Judge(sampler.Samples, sampled);
            open = [.. sampled.Where(workload => Questions(workload).Any(IsOpen))];
        }

        Confirm(step, cancellation);
        return [.. workloads.SelectMany(Questions).Where(_answers.ContainsKey).Select(question => _answers[question])];
    }

    private static IEnumerable<SpeedQuestion> Questions(Workload workload) =>
        Enum.GetValues<Phase>().Select(phase => new SpeedQuestion(workload, phase));

    private bool IsOpen(SpeedQuestion question) =>
        _answers.GetValueOrDefault(question)?.Verdict is null or RatioVerdict.Inconclusive;

    private SpeedSampler Sampler(IReadOnlyList<Workload> timed) =>
        new([first, second], timed, SeededRandom.Derive(seed, (ulong)(2 + _samplers++))) { Sample = options.Sample };

    private void Judge(SpeedSamples samples, Workload[] sampled)
    {
        Floor = RatioEstimate.Of(samples.FixedSeconds(1), samples.FixedSeconds(0), _random);
        _measured += samples.Measured;
        SpeedAnswer[] answers = [.. sampled.SelectMany((workload, i) => Questions(workload).Where(IsOpen).Select(question => Answer(samples, i, question)))];
        RatioVerdict[] verdicts = RatioGrid.Of(
            [.. answers.Select(answer => answer.Ratio)], options.Margin, RatioGrid.UsualError / options.Stages, Margin);
        foreach ((SpeedAnswer answer, RatioVerdict verdict) in answers.Zip(verdicts))
            _answers[answer.Question] = answer with { Verdict = verdict };
    }

    private SpeedAnswer Answer(SpeedSamples samples, int workload, SpeedQuestion question)
    {
        (double[] one, double[] other) = (samples.Seconds(0, workload, question.Phase), samples.Seconds(1, workload, question.Phase));
        return new SpeedAnswer(
            question, question.Tokens / HodgesLehmann.Median([.. one]), question.Tokens / HodgesLehmann.Median([.. other]),
            RatioEstimate.Of(other, one, _random, Resamples), RatioVerdict.Inconclusive);
    }

    // A difference has to show again, on the same side, in a run of its own.
    private void Confirm(Action step, CancellationToken cancellation)
    {
        SpeedAnswer[] different = [.. _answers.Values.Where(answer => answer.Verdict is RatioVerdict.Faster or RatioVerdict.Slower)];
        Workload[] timed = [.. different.Select(answer => answer.Question.Workload).Distinct()];
        if (timed.Length == 0) return;
        SpeedSampler sampler = Sampler(timed);
        sampler.Run(options.Rounds, step, cancellation);
        bool isComplete = sampler.Samples.Rounds == options.Rounds;
        foreach (SpeedAnswer answer in different)
        {
            bool isConfirmed = isComplete
                && Answer(sampler.Samples, Array.IndexOf(timed, answer.Question.Workload), answer.Question).Ratio is var again
                && (answer.Verdict == RatioVerdict.Slower ? again.Low > 1 : again.High < 1);
            if (!isConfirmed) _answers[answer.Question] = answer with { Verdict = RatioVerdict.Inconclusive, IsUnconfirmed = true };
        }
    }
}
