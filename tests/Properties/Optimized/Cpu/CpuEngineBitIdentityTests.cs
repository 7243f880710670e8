using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>
/// A sequence's logits have the same bits whatever else is in its batches: solo in place, or batched with others in any order,
/// of any lengths, however the tokens are interleaved.
/// </summary>
public class CpuEngineBitIdentityTests
{
    private const int Watched = 10, Slots = 5, MaxBatchTokens = 64;

    // Prefill, decode, a short verify batch with two tokens taken back, decode again.
    private static readonly int[] Lengths = [9, 1, 1, 4, 1, 3, 1];
    private const int RollbackAfter = 3, RolledBack = 2;

    /// <summary>How the batches around the watched sequence look.</summary>
    public enum Neighbours
    {
        BatchedBefore,
        BatchedAfter,
        BatchedBetween,
        Ragged,
        Interleaved,
        Changing,
    }

    public static TheoryData<Architecture, Neighbours> Cases()
    {
        var cases = new TheoryData<Architecture, Neighbours>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            foreach (Neighbours neighbours in Enum.GetValues<Neighbours>()) cases.Add(architecture, neighbours);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_BesideOthers_SameBitsAsSolo(Architecture architecture, Neighbours neighbours)
    {
        var model = new RandomModel(architecture, seed: 12);
        BatchedEngine solo = Engine(model), batched = Engine(model);
        var random = new SeededRandom(34);
        int others = 0;
        for (int step = 0; step < Lengths.Length; step++)
        {
            int[] tokens = Batch.Tokens(random, model.Config.Vocabulary, Lengths[step]);
            IEnumerable<BatchToken> own = Batch.Run(Watched, solo.NextPosition(Watched), tokens);
            Assert.Equal(solo.NextPosition(Watched), batched.NextPosition(Watched));
            float[] expected = RowsOf(Watched, solo, Batch.Of(own), model);
            float[] actual = RowsOf(
                Watched, batched, Surround(own, neighbours, step, model, batched, random, ref others), model);
            AssertSameBits(expected, actual, $"{architecture} {neighbours} step {step}");
            if (step != RollbackAfter) continue;
            solo.Rollback(Watched, RolledBack);
            batched.Rollback(Watched, RolledBack);
        }

        Assert.Equal((0, 0), (batched.Counters.SplitBatches, batched.Counters.Fallbacks));
        Assert.Equal(Lengths.Length, batched.Counters.BatchedRuns);
        Assert.Equal(Lengths.Length, solo.Counters.InPlaceRuns);
    }

    public static TheoryData<Architecture, int> ThreadCases()
    {
        var cases = new TheoryData<Architecture, int>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            for (int threads = 2; threads <= 4; threads++) cases.Add(architecture, threads);
        return cases;
    }

    [Theory]
    [MemberData(nameof(ThreadCases))]
    public void Decode_MoreThreads_SameBits(Architecture architecture, int threads) => AssertSameBits(
        new RandomModel(architecture, seed: 14), options => options, options => options with { Threads = threads },
        $"{architecture} {threads} threads");

    public static TheoryData<Architecture, int, StateFormat> SplitCases()
    {
        var cases = new TheoryData<Architecture, int, StateFormat>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            for (int shares = 1; shares <= 4; shares++) cases.Add(architecture, shares, StateFormat.F32);
        cases.Add(Architecture.Qwen3Next, 3, StateFormat.BF16);
        return cases;
    }

    // Four key heads: on three shares they do not go evenly.
    [Theory]
    [MemberData(nameof(SplitCases))]
    public void Decode_HeadsInSeveralShares_SameBits(Architecture architecture, int shares, StateFormat format) =>
        AssertSameBits(
            new RandomModel(architecture, seed: 15, keyHeads: 4), options => options with { StateFormat = format },
            options => options with { HeadShares = shares, Threads = 2 }, $"{architecture} {shares} shares {format}");

    // The same random schedules on two engines.
    private static void AssertSameBits(
        RandomModel model, Func<CpuOptions, CpuOptions> setUp,
        Func<CpuOptions, CpuOptions> setUpOther, string where)
    {
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed: 56, limits, schedules: 16);
        CpuOptions options = setUp(Options(model, schedule.Planes));
        using CpuDevice plainDevice = new(options), otherDevice = new(setUpOther(options));
        using var plain = new BatchedEngine("plain", options, plainDevice);
        using var other = new BatchedEngine("other", options, otherDevice);
        var pair = new EnginePair(plain, other, model.Config.Vocabulary, where);
        schedule.Play(limits, pair);
        Assert.Equal(plainDevice.Copies.BytesCopied, otherDevice.Copies.BytesCopied);
        Assert.True(pair.Rows > 200, $"only {pair.Rows} rows");
    }

    private static CpuOptions Options(RandomModel model, int planes) =>
        model.Options(Slots, MaxBatchTokens, model.Config.MaxPositions, planes);

    private static BatchedEngine Engine(RandomModel model) => CpuEngines.Make(Options(model, planes: 3));

    // The watched sequence's tokens among those of others.
    private static TokenBatch Surround(
        IEnumerable<BatchToken> own, Neighbours neighbours, int step, RandomModel model, BatchedEngine engine, SeededRandom random,
        ref int others)
    {
        int length = neighbours == Neighbours.Ragged ? own.Count() + 1 : own.Count();
        // Interleaving takes two tokens of each.
        if (neighbours == Neighbours.Interleaved && length == 1) length = 2;
        if (neighbours == Neighbours.Changing && step > 0)
        {
            // A newcomer on every step, on the slot of the one who left.
            engine.Clear(others);
            others++;
        }

        IEnumerable<BatchToken> Other(int sequence) => Batch.Run(
            sequence, engine.NextPosition(sequence), Batch.Tokens(random, model.Config.Vocabulary, length));
        IEnumerable<BatchToken> first = Other(others), second = Other(20);
        return neighbours switch
        {
            Neighbours.BatchedBefore => Batch.Of(own, first, second),
            Neighbours.BatchedBetween or Neighbours.Changing => Batch.Of(first, own, second),
            Neighbours.Interleaved => Zip(first, own, second),
            _ => Batch.Of(first, second, own),
        };
    }

    // Takes a token of each in turn.
    private static TokenBatch Zip(params IEnumerable<BatchToken>[] runs) => new(
        Enumerable.Range(0, runs.Max(run => run.Count())).SelectMany(i => runs.SelectMany(run => run.Skip(i).Take(1))));

    private static float[] RowsOf(int sequence, BatchedEngine engine, TokenBatch batch, RandomModel model)
    {
        int vocabulary = model.Config.Vocabulary;
        var logits = new float[batch.OutputCount * vocabulary];
        engine.Decode(batch, logits);
        return [.. Enumerable.Range(0, batch.Count)
            .Where(i => batch.Tokens[i].Sequence == sequence)
            .SelectMany(i => logits.AsSpan(i * vocabulary, vocabulary).ToArray())];
    }

    internal static void AssertSameBits(float[] expected, float[] actual, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"{where}: entry {i}: expected {expected[i]:R} actual {actual[i]:R} allowed 0");
    }
}
