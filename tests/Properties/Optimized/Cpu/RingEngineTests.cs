using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Optimized.Batching;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>S as a checkpoint and a ring in a whole engine: a position has one state, however a sequence came to it.</summary>
public class RingEngineTests
{
    private const int Slots = 4, MaxBatchTokens = 64, Planes = 4;

    public static TheoryData<Architecture, int> Cases()
    {
        var cases = new TheoryData<Architecture, int>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
            foreach (int length in new[] { 1, 5, 8 }) cases.Add(architecture, length);
        return cases;
    }

    // Drafts of other tokens are verified at every length and taken back, beside another sequence now and then.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_DraftsTakenBack_SameLogitsAndStatesAsInOneBatch(Architecture architecture, int length)
    {
        var model = new RandomModel(architecture, seed: 3);
        using BatchedEngine plain = Engine(model, length), drafting = Engine(model, length);
        var random = new SeededRandom(4);
        int[] tokens = Batch.Tokens(random, model.Config.Vocabulary, 21);
        float[] expected = Decode(plain, model, [.. Batch.Run(0, 0, tokens)]);
        int vocabulary = model.Config.Vocabulary;
        for (int kept = 0, step = 0; kept < tokens.Length; step++)
        {
            int right = Math.Min(1 + random.Next(Planes), tokens.Length - kept), wrong = random.Next(Planes - right + 1);
            int[] batch = [.. tokens.Skip(kept).Take(right), .. Batch.Tokens(random, vocabulary, wrong)];
            float[] logits = Decode(
                drafting, model,
                [.. Batch.Run(0, kept, batch), .. Batch.Run(1, drafting.NextPosition(1), step % 2 == 0 ? [] : [1, 2])]);
            CpuEngineBitIdentityTests.AssertSameBits(
                expected[(kept * vocabulary)..((kept + right) * vocabulary)], logits[..(right * vocabulary)], $"token {kept}");
            drafting.Rollback(0, wrong);
            kept += right;
        }

        SlotSnapshot never = (SlotSnapshot)plain.Snapshot(0), rolledBack = (SlotSnapshot)drafting.Snapshot(0);
        Assert.Equal(never.Recurrent, rolledBack.Recurrent);
        Assert.Equal(never.Attention, rolledBack.Attention);
    }

    // Threads and shares change no bit, over long schedules of batches, forks, snapshots and rollbacks.
    [Theory]
    [InlineData(Architecture.Qwen35)]
    [InlineData(Architecture.KimiLinear)]
    public void Decode_HeadsInSharesOnThreads_SameBits(Architecture architecture)
    {
        var model = new RandomModel(architecture, seed: 15, keyHeads: 4);
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed: 56, limits, schedules: 16);
        CpuOptions options = Options(model, length: 3, schedule.Planes);
        using BatchedEngine one = CpuEngines.Make(options);
        using BatchedEngine shared = CpuEngines.Make(options with { HeadShares = 3, Threads = 2 });
        var pair = new EnginePair(one, shared, model.Config.Vocabulary, $"{architecture}");
        schedule.Play(limits, pair, TestContext.Current.CancellationToken);
        Assert.True(pair.Rows > 200, $"only {pair.Rows} rows");
    }

    [Fact]
    public void Engine_StatesIn16Bits_Refused()
    {
        CpuOptions options = Options(new RandomModel(Architecture.Qwen35, seed: 1), length: 8, Planes);

        Assert.Throws<InputException>(() => CpuEngines.Make(options with { StateFormat = StateFormat.BF16 }));
    }

    [Fact]
    public void Engine_DeviceWithoutRings_Refused()
    {
        CpuOptions options = Options(new RandomModel(Architecture.Qwen35, seed: 1), length: 8, Planes);
        using var device = new PlainDevice(options);

        Assert.Throws<InputException>(() => new BatchedEngine("plain", options, device));
    }

    private static BatchedEngine Engine(RandomModel model, int length) => CpuEngines.Make(Options(model, length, Planes));

    private static CpuOptions Options(RandomModel model, int length, int planes) =>
        model.Options(Slots, MaxBatchTokens, model.Config.MaxPositions, planes) with { RingLength = length };

    private static float[] Decode(BatchedEngine engine, RandomModel model, BatchToken[] tokens)
    {
        var batch = new TokenBatch(tokens);
        var logits = new float[batch.OutputCount * model.Config.Vocabulary];
        engine.Decode(batch, logits);
        return logits;
    }
}
