using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized;

/// <summary>
/// A sequence's logits have the same bits whatever else is in its batches: alone in place, batched with others in any
/// order, or split because the batch is ragged or interleaved.
/// </summary>
public class CpuEngineBitIdentityTests
{
    private const int Watched = 10, Slots = 5, MaxBatchTokens = 64;

    // Prefill, decode, a short verify batch with two tokens taken back, decode again.
    private static readonly int[] Lengths = [9, 1, 1, 4, 1, 3, 1];
    private const int RollbackAfter = 3, RolledBack = 2;

    /// <summary>How the batches around the watched sequence look.</summary>
    public enum Company
    {
        BatchedBefore,
        BatchedAfter,
        BatchedBetween,
        Ragged,
        Interleaved,
        Changing,
    }

    public static TheoryData<Architecture, Company> Cases()
    {
        var cases = new TheoryData<Architecture, Company>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            foreach (Company company in Enum.GetValues<Company>()) cases.Add(architecture, company);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_InCompany_SameBitsAsAlone(Architecture architecture, Company company)
    {
        var model = new RandomModel(architecture, seed: 12);
        CpuEngine alone = Engine(model), inCompany = Engine(model);
        var random = new SeededRandom(34);
        int others = 0;
        for (int step = 0; step < Lengths.Length; step++)
        {
            int[] tokens = Batch.Tokens(random, model.Config.Vocabulary, Lengths[step]);
            IEnumerable<BatchToken> own = Batch.Run(Watched, alone.NextPosition(Watched), tokens);
            Assert.Equal(alone.NextPosition(Watched), inCompany.NextPosition(Watched));
            float[] expected = RowsOf(Watched, alone, Batch.Of(own), model);
            float[] actual = RowsOf(
                Watched, inCompany, Surround(own, company, step, model, inCompany, random, ref others), model);
            AssertSameBits(expected, actual, $"{architecture} {company} step {step}");
            if (step != RollbackAfter) continue;
            alone.Rollback(Watched, RolledBack);
            inCompany.Rollback(Watched, RolledBack);
        }

        bool isSplit = company is Company.Ragged or Company.Interleaved;
        Assert.Equal(isSplit ? Lengths.Length : 0, inCompany.Counters.SplitBatches);
        Assert.Equal(isSplit ? 0 : Lengths.Length, inCompany.Counters.BatchedRuns);
        Assert.Equal(Lengths.Length, alone.Counters.InPlaceRuns);
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
            for (int devices = 1; devices <= 4; devices++) cases.Add(architecture, devices, StateFormat.F32);
        cases.Add(Architecture.Qwen3Next, 3, StateFormat.BF16);
        return cases;
    }

    // Four key heads: on three devices they do not go evenly.
    [Theory]
    [MemberData(nameof(SplitCases))]
    public void Decode_HeadsOnSeveralDevices_SameBits(Architecture architecture, int devices, StateFormat format) =>
        AssertSameBits(
            new RandomModel(architecture, seed: 15, keyHeads: 4), options => options with { StateFormat = format },
            options => options with { Devices = devices, Threads = 2 }, $"{architecture} {devices} devices {format}");

    // The same random schedules on two engines.
    private static void AssertSameBits(
        RandomModel model, Func<CpuEngineOptions, CpuEngineOptions> setUp,
        Func<CpuEngineOptions, CpuEngineOptions> setUpOther, string where)
    {
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed: 56, limits, schedules: 16);
        CpuEngineOptions options = setUp(Options(model) with { SnapshotPlanes = schedule.Planes });
        using var plain = new CpuEngine(model.Config, model.Weights, options);
        using var other = new CpuEngine(model.Config, model.Weights, setUpOther(options));
        var pair = new EnginePair(plain, other, model.Config.Vocabulary, where);
        schedule.Play(limits, pair);
        Assert.Equal(plain.Counters.BytesCopied, other.Counters.BytesCopied);
        Assert.True(pair.Rows > 200, $"only {pair.Rows} rows");
    }

    private static CpuEngineOptions Options(RandomModel model) => new(Slots, MaxBatchTokens, model.Config.MaxPositions)
    {
        SnapshotPlanes = 3,
        PoisonFreeSlots = true,
    };

    private static CpuEngine Engine(RandomModel model) => new(model.Config, model.Weights, Options(model));

    // The watched sequence's tokens among those of others.
    private static TokenBatch Surround(
        IEnumerable<BatchToken> own, Company company, int step, RandomModel model, CpuEngine engine, SeededRandom random,
        ref int others)
    {
        int length = company == Company.Ragged ? own.Count() + 1 : own.Count();
        // Interleaving takes two tokens of each.
        if (company == Company.Interleaved && length == 1) length = 2;
        if (company == Company.Changing && step > 0)
        {
            // A newcomer on every step, on the slot of the one who left.
            engine.Clear(others);
            others++;
        }

        IEnumerable<BatchToken> Other(int sequence) => Batch.Run(
            sequence, engine.NextPosition(sequence), Batch.Tokens(random, model.Config.Vocabulary, length));
        IEnumerable<BatchToken> first = Other(others), second = Other(20);
        return company switch
        {
            Company.BatchedBefore => Batch.Of(own, first, second),
            Company.BatchedBetween or Company.Changing => Batch.Of(first, own, second),
            Company.Interleaved => Zip(first, own, second),
            _ => Batch.Of(first, second, own),
        };
    }

    // Takes a token of each in turn.
    private static TokenBatch Zip(params IEnumerable<BatchToken>[] runs) => new(
        Enumerable.Range(0, runs.Max(run => run.Count())).SelectMany(i => runs.SelectMany(run => run.Skip(i).Take(1))));

    private static float[] RowsOf(int sequence, CpuEngine engine, TokenBatch batch, RandomModel model)
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
