using Gdn.Harness;
using Gdn.Harness.Clients;
using Gdn.Harness.Divergence;
using Gdn.Properties.Harness.Clients;
using Xunit;

namespace Gdn.Properties.Harness.Divergence;

/// <summary>Ties and corruption distinguished, on answers that are made up, without a server.</summary>
public sealed class JudgeTests
{
    private const int Length = 24;
    private const double Sigma = 0.01;

    private static readonly NoiseFloor Noise = new(100, Sigma, 3 * Sigma);

    private readonly SeededRandom _random = new(5);

    /// <summary>The right side: the toy model without noise.</summary>
    private sealed class ToySide(bool reportsLogProbabilities = true) : IExpectedSide
    {
        public Task<IReadOnlyList<ServedToken>?> ContinueAsync(
            Prompt prompt, IReadOnlyList<ServedToken> beginning, int count, CancellationToken cancellation)
        {
            ulong state = beginning.Aggregate(State(prompt), (before, token) => ToyClient.After(before, token.Id!.Value));
            var tokens = new List<ServedToken>();
            for (int n = 0; n < count; n++)
            {
                tokens.Add(ToyClient.Next(state, () => 0, reportsLogProbabilities));
                state = ToyClient.After(state, tokens[^1].Id!.Value);
            }

            return Task.FromResult<IReadOnlyList<ServedToken>?>(tokens);
        }
    }

    private static ulong State(Prompt prompt) => prompt.Tokens!.Aggregate(0UL, ToyClient.After);

    private double Jitter() => Sigma * _random.NextGaussian();

    // The greedy answer, with noise on its log-probabilities; at one position the second best may be taken instead, and
    // what follows goes on from that.
    private List<ServedToken> Answer(Prompt prompt, int? second = null)
    {
        var tokens = new List<ServedToken>();
        ulong state = State(prompt);
        for (int n = 0; n < Length; n++)
        {
            Candidate best = ToyClient.Next(state, () => 0).Candidates[n == second ? 1 : 0];
            ServedToken reported = ToyClient.Next(state, Jitter);
            tokens.Add(reported with
            {
                Id = best.Id,
                Text = best.Text,
                LogProbability = reported.Candidates.First(candidate => candidate.Id == best.Id).LogProbability,
            });
            state = ToyClient.After(state, best.Id!.Value);
        }

        return tokens;
    }

    // A prompt whose greedy answer has the given gap between its two best tokens somewhere in the first half, and is sure
    // of the others.
    private static (Prompt Prompt, int Position) WithGap(double low, double high)
    {
        for (int seed = 0; ; seed++)
        {
            var prompt = new Prompt([seed, seed / 7]);
            ulong state = State(prompt);
            var gaps = new List<double>();
            for (int n = 0; n < Length; n++)
            {
                IReadOnlyList<Candidate> best = ToyClient.Next(state, () => 0).Candidates;
                gaps.Add(best[0].LogProbability - best[1].LogProbability);
                state = ToyClient.After(state, best[0].Id!.Value);
            }

            int position = gaps.FindIndex(gap => gap >= low && gap < high);
            if (position is > 0 and < Length / 2 && gaps.Count(gap => gap < Math.Max(high, 20 * Sigma)) == 1) return (prompt, position);
        }
    }

    private static Task<Judgement> JudgeAsync(Prompt prompt, IReadOnlyList<ServedToken> expected, IReadOnlyList<ServedToken> actual) =>
        new Judge(new ToySide(), Noise).JudgeAsync(prompt, expected, actual, Length, CancellationToken.None);

    [Fact]
    public async Task Judge_SameTokensWithinNoise_IsTheSame()
    {
        var prompt = new Prompt([1, 2, 3]);
        Judgement judgement = await JudgeAsync(prompt, Answer(prompt), Answer(prompt));
        Assert.Equal((Outcome.Same, Length), (judgement.Outcome, judgement.Rows));
    }

    [Fact]
    public async Task Judge_NearTie_IsATieAndTheRestIsComparedToo()
    {
        (Prompt prompt, int position) = WithGap(0, Sigma);
        Judgement judgement = await JudgeAsync(prompt, Answer(prompt), Answer(prompt, second: position));
        Assert.Equal((Outcome.Tie, 1, Length, position), (judgement.Outcome, judgement.Ties, judgement.Rows, judgement.At?.Position));
    }

    [Fact]
    public async Task Judge_TieFollowedByAnotherText_IsCorrupt()
    {
        (Prompt prompt, int position) = WithGap(0, Sigma);
        List<ServedToken> actual = Answer(prompt, second: position);
        List<ServedToken> foreign = Answer(new Prompt([9, 9, 9]));
        for (int n = position + 1; n < Length; n++) actual[n] = foreign[n];
        Judgement judgement = await JudgeAsync(prompt, Answer(prompt), actual);
        Assert.True(judgement.Outcome == Outcome.Corrupt, judgement.ToString());
    }

    [Fact]
    public async Task Judge_SomebodyElsesText_IsCorruptAtItsFirstToken()
    {
        var prompt = new Prompt([1, 2, 3]);
        List<ServedToken> expected = Answer(prompt), actual = Answer(prompt), foreign = Answer(new Prompt([7, 8]));
        for (int n = 5; n < Length; n++) actual[n] = foreign[n];
        Judgement judgement = await JudgeAsync(prompt, expected, actual);
        Assert.Equal(Outcome.Corrupt, judgement.Outcome);
        Assert.True(judgement.At!.Position is 5 or 6, judgement.ToString());
    }

    [Fact]
    public async Task Judge_SameTokensWithMovedLogProbabilities_IsCorrupt()
    {
        var prompt = new Prompt([4, 5]);
        List<ServedToken> actual = [.. Answer(prompt).Select(token => token with
        {
            Candidates = [.. token.Candidates.Select((c, n) => c with { LogProbability = c.LogProbability - (n % 2) * 0.5 })],
        })];
        Judgement judgement = await JudgeAsync(prompt, Answer(prompt), actual);
        Assert.Equal(Outcome.Corrupt, judgement.Outcome);
        Assert.Contains("moved", judgement.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_OneRowInTheTailOfTheNoise_IsNotCorrupt()
    {
        var prompt = new Prompt([4, 5]);
        List<ServedToken> actual = Answer(prompt);
        actual[3] = actual[3] with
        {
            Candidates = [.. actual[3].Candidates.Select((c, n) => c with { LogProbability = c.LogProbability - (n % 2) * 0.3 })],
        };
        Assert.Equal(Outcome.Same, (await JudgeAsync(prompt, Answer(prompt), actual)).Outcome);
    }

    [Fact]
    public async Task Judge_GapBetweenTieAndCorruption_IsUndecided()
    {
        // z of 7 to 9, or less where the position itself moves more than usual.
        (Prompt prompt, int position) = WithGap(7 * Math.Sqrt(2) * Sigma, 9 * Math.Sqrt(2) * Sigma);
        Judgement judgement = await JudgeAsync(prompt, Answer(prompt), Answer(prompt, second: position));
        Assert.True(judgement.Outcome == Outcome.Undecided, judgement.ToString());
    }

    [Fact]
    public async Task Judge_AnswerBreaksOff_IsCorrupt()
    {
        var prompt = new Prompt([1, 2, 3]);
        Judgement judgement = await JudgeAsync(prompt, Answer(prompt), Answer(prompt)[..10]);
        Assert.Equal((Outcome.Corrupt, "the answer ends after 10 of 24 tokens"), (judgement.Outcome, judgement.Reason));
    }

    [Fact]
    public async Task Judge_NoLogProbabilities_AgreementAfterwardsDecides()
    {
        (Prompt prompt, int position) = WithGap(0, Sigma);
        List<ServedToken> actual = [.. Answer(prompt, second: position).Select(Mute)];
        List<ServedToken> expected = [.. Answer(prompt).Select(Mute)];
        var mute = new ToySide(reportsLogProbabilities: false);
        Task<Judgement> Judged() =>
            new Judge(mute, Noise).JudgeAsync(prompt, expected, actual, Length, CancellationToken.None);

        Assert.Equal(Outcome.Tie, (await Judged()).Outcome);

        List<ServedToken> foreign = Answer(new Prompt([9, 9, 9]));
        for (int n = position + 1; n < Length; n++) actual[n] = Mute(foreign[n]);
        Judgement other = await Judged();
        Assert.True(other.Outcome == Outcome.Corrupt, other.ToString());
        Assert.Contains("near-ties are not that frequent", other.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_DraftedTokenWithoutLogProbability_IsAskedForAgain()
    {
        var prompt = new Prompt([1, 2, 3]);
        List<ServedToken> expected = [.. Answer(prompt).Select(Mute)];
        List<ServedToken> actual = [.. expected];
        Candidate unlikely = Answer(prompt)[6].Candidates[9];
        actual[6] = new ServedToken(unlikely.Id, unlikely.Text, null, []);
        Judgement judgement = await JudgeAsync(prompt, expected, actual);
        Assert.Equal(Outcome.Corrupt, judgement.Outcome);
        Assert.True(judgement.At is { Position: 6, Gap: > 0.2 }, judgement.ToString());
    }

    [Fact]
    public async Task CheckByReading_DraftKeptAlthoughRejected_IsCorrupt()
    {
        var prompt = new Prompt([1, 2, 3]);
        List<ServedToken> right = Answer(prompt), wrong = [.. right[..8], .. Answer(new Prompt([3, 3]))[8..]];
        async Task<Outcome> ReadAsync(IReadOnlyList<ServedToken> answer) =>
            (await new Judge(new ToySide(), Noise).CheckByReadingAsync(
                prompt, answer, stride: 4, depth: 1, CancellationToken.None)).Outcome;
        Assert.Equal(Outcome.Same, await ReadAsync(right));
        Assert.Equal(Outcome.Corrupt, await ReadAsync(wrong));
    }

    /// <summary>A prompt computed differently from answers: solo and batched alike, even with the same tokens.</summary>
    [Theory]
    [InlineData(0.3, Outcome.Same)]
    [InlineData(2, Outcome.Corrupt)]
    public async Task CheckByReading_LogProbabilitiesMove_IsCorruptBeyondWhatPassesOnAnyServer(double move, Outcome expected)
    {
        var prompt = new Prompt([1, 2, 3]);
        List<ServedToken> answer = [.. Answer(prompt).Select(token => token with
        {
            Candidates = [.. token.Candidates.Select((c, n) => c with { LogProbability = c.LogProbability - (n % 2) * move })],
        })];
        var excessive = new NoiseFloor(100, Sigma, 5);
        Judgement judgement = await new Judge(new ToySide(), excessive)
            .CheckByReadingAsync(prompt, answer, stride: 8, depth: 8, CancellationToken.None);
        Assert.True(judgement.Outcome == expected, judgement.ToString());
    }

    [Fact]
    public async Task Judge_LogProbabilityIsNotANumber_IsCorruptEvenIfTheExpectedOneIsNotEither()
    {
        var prompt = new Prompt([1, 2, 3]);
        List<ServedToken> answer = [.. Answer(prompt).Select(token => token with { LogProbability = double.NaN, Candidates = [] })];
        Judgement judgement = await JudgeAsync(prompt, answer, answer);
        Assert.Equal((Outcome.Corrupt, "its log-probability is not a number"), (judgement.Outcome, judgement.Reason));
    }

    private static ServedToken Mute(ServedToken token) => token with { LogProbability = null, Candidates = [] };
}
