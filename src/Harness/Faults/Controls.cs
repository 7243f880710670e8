using Gdn.Harness.Faults.Seamed;
using Gdn.Optimized.Batching;
using Gdn.Reference.Operators;
using Gdn.Reference.State;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Deviations that look like faults and are not.</summary>
internal static class Controls
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("none", "the seamed engine as it is", "the control of every other entry"),
        InMemory<OrderByWidth>(
            "batch-shape-order", "projections sum in an order that depends on how many tokens they take",
            "club-3090 #896, qwen3.8-Flash-DGX #32"),
        InScan<LongChunks>(
            "chunk-reassociation", "prompts are solved in chunks of 64, decoding goes token by token", "onnxruntime #32182"),
        InStates<ShortSnapshots>(
            "snapshot-precision", "snapshots hold bfloat16, as the engine declares; the states that go on stay in full precision",
            "sglang #33515, lucebox #311, omlx #3066") with
        {
            StateFormat = StateFormat.BF16,
        },
        InRouting<SplitAtGaps>(
            "slot-gap-slowdown", "busy slots with a gap between them run one after the other", "llama.cpp #25840"),
        InRouting<AlwaysEight>(
            "padded-dummy-row", "every batch of single tokens is padded to eight rows, on an unused slot",
            "the right form of gr-padded-row-live-slot"),
    ];

    private sealed class OrderByWidth : PassMemory
    {
        public override float[] Project(Matrix<float> weights, ReadOnlySpan<float> x)
        {
            float[] y = base.Project(weights, x);
            if (x.Length / weights.Columns < 2) return y;
            int half = weights.Columns / 2;
            for (int i = 0; i < y.Length; i++)
            {
                (int t, int r) = Math.DivRem(i, weights.Rows);
                ReadOnlySpan<float> row = weights.Row(r), token = x.Slice(t * weights.Columns, weights.Columns);
                y[i] = Linear.Dot(row[half..], token[half..]) + Linear.Dot(row[..half], token[..half]);
            }

            return y;
        }
    }

    private sealed class LongChunks : Scan
    {
        public override int ChunkTokens => 64;
    }

    private sealed class ShortSnapshots : StateKeeping
    {
        public override SlotState Export(SeamedEngine engine, Tenant tenant)
        {
            SlotState state = base.Export(engine, tenant);
            foreach (float[] delta in state.Delta)
                foreach (ref float entry in delta.AsSpan()) entry = StateFormat.BF16.Round(entry);
            return state;
        }
    }

    private sealed class SplitAtGaps : RoutingPolicy
    {
        public override bool DeclaresFallbacks => true;

        public override bool RunsApart(RunSequence previous, RunSequence next) => next.Slot != previous.Slot + 1;
    }

    private sealed class AlwaysEight : PaddedBatches
    {
        private const int Least = 8;

        public override int PaddedSequences(int sequences, int tokens) =>
            tokens > 1 ? sequences : Math.Max(Least, base.PaddedSequences(sequences, tokens));
    }
}
