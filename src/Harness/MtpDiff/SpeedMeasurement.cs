using Gdn.Harness.Metrics;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.MtpDiff;

/// <summary>
/// Times decoding with drafts of the head against decoding without, in rounds, each way once a round and in an order drawn anew:
/// what drifts then hits all alike.
/// </summary>
/// <param name="runner">Answers.</param>
/// <param name="plain">The answers without drafts.</param>
internal sealed class SpeedMeasurement(DraftRunner runner, IReadOnlyList<PlainAnswer> plain)
{
    private readonly record struct Sample(double Seconds, double Drafting, int Rounds)
    {
        public double RoundSeconds => Seconds / Rounds;
    }

    /// <summary>Measures.</summary>
    /// <param name="heads">Arms that draft with the head, whose answers are right.</param>
    /// <param name="rounds">Rounds to keep, two at least; the first one is thrown away.</param>
    /// <param name="random">Draws the orders.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<DraftSpeed> Run(
        IReadOnlyList<ArmResult> heads, int rounds, SeededRandom random, CancellationToken cancellation)
    {
        // Without drafts, with the head's, and with drafts that cost nothing.
        DraftArm[] arms =
        [
            new(DraftSourceKind.None, 0), .. heads.Select(head => head.Arm),
            .. heads.Select(head => new DraftArm(DraftSourceKind.Forced, head.Arm.Drafts, ForcedPattern.Perfect)),
        ];
        List<Sample>[] samples = [.. arms.Select(_ => new List<Sample>())];
        int[] order = [.. Enumerable.Range(0, arms.Length)];
        for (int round = 0; round <= rounds; round++)
        {
            random.Shuffle(order.AsSpan());
            foreach (int i in order) samples[i].Add(Time(arms[i], cancellation));
        }

        double[] Of(int arm, Func<Sample, double> value) => [.. samples[arm].Skip(1).Select(value)];
        return [.. heads.Select((head, i) => new DraftSpeed(
            head.Arm.Drafts,
            RatioEstimate.Of(Of(0, sample => sample.Seconds), Of(1 + i, sample => sample.Seconds), random),
            head.Head!.Expected.MeanLength,
            HodgesLehmann.Median(Of(0, sample => sample.RoundSeconds)),
            HodgesLehmann.Median(Of(1 + heads.Count + i, sample => sample.RoundSeconds)),
            HodgesLehmann.Median(Of(1 + i, sample => sample.Drafting / sample.Rounds))))];
    }

    private Sample Time(DraftArm arm, CancellationToken cancellation)
    {
        int done = 0, rounds = 0;
        double seconds = 0, drafting = 0;
        foreach (int[][] prompts in runner.Groups)
        {
            SpeculativeRun run = runner.Run(arm, prompts, [.. plain.Skip(done).Take(prompts.Length).Select(answer => answer.Tokens)], cancellation);
            done += prompts.Length;
            seconds += run.Decoding.TotalSeconds;
            drafting += run.Drafting.TotalSeconds;
            rounds += run.Answers.Max(answer => answer.Rounds.Count);
        }

        return new Sample(seconds, drafting, rounds);
    }
}
