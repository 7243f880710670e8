using Gdn.Harness;
using Gdn.Harness.Schedules;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Support;
using Gdn.Reference;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>The draft layers of the batched engine: right whatever sequences went through, and without effect on the trunk.</summary>
public class CpuEngineDraftTests(ITestOutputHelper output)
{
    private const int Slots = 4, MaxBatchTokens = 96, Schedules = 16;

    public static TheoryData<Architecture, int> Models() => new()
    {
        { Architecture.Qwen35, 1 }, { Architecture.Qwen35, 2 }, { Architecture.Qwen35, 3 }, { Architecture.Qwen35Moe, 1 },
        { Architecture.Qwen3Moe, 2 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Draft_AfterAnything_AgreesWithDoubleReference(Architecture architecture, int draftLayers)
    {
        var model = new RandomModel(architecture, seed: 1, draftLayers: draftLayers);
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed: 3, limits, Schedules);
        var lockstep = new Lockstep(model, Drafting(model, schedule), $"{architecture}, {draftLayers} draft layers");
        schedule.Play(limits, lockstep, TestContext.Current.CancellationToken);

        output.WriteLine($"{lockstep.Rows} rows, {lockstep.Drafts} of them drafted, error / noise {lockstep.Ratio:F2}");
        lockstep.Verify();
        Assert.True(lockstep.Drafts > 300, $"only {lockstep.Drafts} drafts");
        Assert.True(lockstep.Rows > 4 * lockstep.Ties, $"{lockstep.Ties} ties leave {lockstep.Rows} rows");
    }

    [Fact]
    public void Decode_SequencesDraftedInBetween_SameBits()
    {
        var model = new RandomModel(Architecture.Qwen35, seed: 2, draftLayers: 2);
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed: 5, limits, Schedules);
        CpuOptions options = Drafting(model, schedule);
        using BatchedEngine drafted = CpuEngines.Make(options), plain = CpuEngines.Make(options);
        var pair = new DraftedPair(plain, drafted, model.Config.Vocabulary, model.Config.MaxPositions);
        schedule.Play(limits, pair, TestContext.Current.CancellationToken);

        Assert.True(pair.Drafts > 300, $"only {pair.Drafts} drafts");
        Assert.True(pair.Pair.Rows > 300, $"only {pair.Pair.Rows} rows");
    }

    [Fact]
    public void Decode_EngineThatCanDraft_SameBitsAsOneThatCannot()
    {
        var model = new RandomModel(Architecture.Qwen35, seed: 2, draftLayers: 1);
        CpuOptions options = model.Options(1, MaxBatchTokens, model.Config.MaxPositions);
        using BatchedEngine plain = CpuEngines.Make(options);
        using BatchedEngine drafting = CpuEngines.Make(options with { Engine = options.Engine with { Drafts = true } });
        Assert.False(plain.CanDraft);
        int[] tokens = Batch.Tokens(new SeededRandom(1), model.Config.Vocabulary, 40);
        float[] expected = new float[tokens.Length * model.Config.Vocabulary], actual = new float[expected.Length];
        plain.Decode(Batch.Of(Batch.Run(0, 0, tokens)), expected);
        drafting.Decode(Batch.Of(Batch.Run(0, 0, tokens)), actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Draft_SequencesTogether_SameBitsAsAlone()
    {
        var model = new RandomModel(Architecture.Qwen35Moe, seed: 4, draftLayers: 2);
        int vocabulary = model.Config.Vocabulary;
        using BatchedEngine engine = DraftingEngine(model), alone = DraftingEngine(model);
        var random = new SeededRandom(9);
        int[][] prompts = [.. Enumerable.Range(1, Slots).Select(n => Batch.Tokens(random, vocabulary, 3 * n))];
        engine.Decode(Batch.Of([.. prompts.Select((prompt, s) => Batch.Run(s, 0, prompt))]), new float[30 * vocabulary]);
        // One of them is a token ahead of the others.
        engine.Draft([new DraftToken(2, 7)], new float[vocabulary]);
        DraftToken[] tokens = [new(3, 1), new(2, 8), new(0, 2), new(1, 3)];
        var together = new float[tokens.Length * vocabulary];
        engine.Draft(tokens, together);

        foreach ((int i, DraftToken token) in tokens.Index())
        {
            int[] prompt = prompts[token.Sequence];
            var logits = new float[vocabulary];
            alone.Decode(Batch.Of(Batch.Run(0, 0, prompt)), new float[prompt.Length * vocabulary]);
            if (token.Sequence == 2) alone.Draft([new DraftToken(0, 7)], logits);
            alone.Draft([token with { Sequence = 0 }], logits);
            Assert.Equal(together.AsSpan(i * vocabulary, vocabulary).ToArray(), logits);
        }
    }

    [Fact]
    public void Draft_WhatCannotBe_IsRefused()
    {
        var model = new RandomModel(Architecture.Qwen35, seed: 2, draftLayers: 1);
        using BatchedEngine engine = DraftingEngine(model);
        int vocabulary = model.Config.Vocabulary;
        engine.Decode(Batch.Of(Batch.Run(0, 0, 1, 2)), new float[2 * vocabulary]);
        var logits = new float[2 * vocabulary];
        Refused([new(0, 1), new(1, 1)], "sequence 1 does not exist");
        Refused([new(0, 1), new(0, 2)], "sequence 0 comes twice");
        Refused([new(0, vocabulary), new(0, 2)], "out of range");
        var without = new RandomModel(Architecture.Qwen35, seed: 2);
        string message = Assert.Throws<InputException>(() => DraftingEngine(without)).Message;
        Assert.Contains("it has no draft (MTP) layer", message, StringComparison.Ordinal);

        void Refused(DraftToken[] tokens, string problem) => Assert.Contains(
            problem, Assert.Throws<InputException>(() => engine.Draft(tokens, logits)).Message, StringComparison.Ordinal);
    }

    private static BatchedEngine DraftingEngine(RandomModel model)
    {
        CpuOptions options = model.Options(Slots, MaxBatchTokens, model.Config.MaxPositions);
        return CpuEngines.Make(options with { Engine = options.Engine with { Drafts = true } });
    }

    private static CpuOptions Drafting(RandomModel model, Schedule schedule)
    {
        CpuOptions options = model.Options(Slots, MaxBatchTokens, model.Config.MaxPositions, schedule.Planes);
        return options with { Engine = options.Engine with { Drafts = true } };
    }

    // Two engines that must agree; only one of them is drafted.
    private sealed class DraftedPair(BatchedEngine plain, BatchedEngine drafted, int vocabulary, int maxPositions) : IScheduleTarget
    {
        private readonly SeededRandom _random = new(1);

        public EnginePair Pair { get; } = new(plain, drafted, vocabulary, "drafted");

        public int Drafts { get; private set; }

        public void Begin(int step) => Pair.Begin(step);

        public void Decode(TokenBatch batch) => Pair.Decode(batch);

        public void Clear(int sequence) => Pair.Clear(sequence);

        public void Copy(int source, int target) => Pair.Copy(source, target);

        public void Snapshot(int sequence, int snapshot) => Pair.Snapshot(sequence, snapshot);

        public void Restore(int sequence, int snapshot) => Pair.Restore(sequence, snapshot);

        public void Rollback(int sequence, int count) => Pair.Rollback(sequence, count);

        public void Refuse(TokenBatch batch) => Pair.Refuse(batch);

        public void End(ScheduleTracker expected)
        {
            foreach (int sequence in expected.Live)
                for (int left = Math.Min(_random.Next(3), maxPositions - drafted.NextPosition(sequence)); left > 0; left--)
                {
                    drafted.Draft([new DraftToken(sequence, _random.Next(vocabulary))], new float[vocabulary]);
                    Drafts++;
                }
        }
    }
}
