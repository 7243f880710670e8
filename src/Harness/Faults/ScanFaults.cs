using Gdn.Harness.Checks.Attribution;
using Gdn.Harness.Faults.Seamed;
using Gdn.Reference.Operators;
using Gdn.Reference.State;
using static Gdn.Harness.Faults.Planted;

namespace Gdn.Harness.Faults;

/// <summary>Faults inside of the delta rule, and of its precision.</summary>
internal static class ScanFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        InScan<LateKey>("smem-barrier-missing", "now and then a column is written with the next token's key", "ik_llama.cpp #1649"),
        InScan<UndecayedPrediction>(
            "delta-decay-order", "decoding predicts from the state before its decay", "lucebox #40"),
        InScan<TailGateZero>(
            "chunk-tail-gate-zero", "a short last chunk does not decay the state that it started from", "sparkinfer #604"),
        InScan<CarryDropped>(
            "prefill-drops-carry", "several tokens at once start from a zero state although others came before",
            "sparkinfer #1071, transformers #45513", StateCause.DroppedCarry),
        InScan<TransposedHandOff>(
            "state-transposed-handoff", "prefill leaves the state transposed", "sparkinfer #610, vLLM #41292"),
        InScan<SwappedHeadMap>(
            "head-map-tiled-vs-grouped", "value heads read another key head, except when decoding", "aprender #3527"),
        InScan<PackedStrides>(
            "fallback-ignores-strides", "values of several tokens are read as if laid out head by head",
            "ik_llama.cpp #2487"),
        InScan<LaneGate>(
            "lane-block-end-gate", "a chunk's decay is taken at a token that depends on the column", "flashinfer #4311"),
        InScan<LinearGate>(
            "gate-space", "prefill takes the logarithm of a gate that is already a logarithm", "flashinfer #2490"),
        InScan<LowPrecisionState>(
            "low-precision-state", "the state is rounded to bfloat16 after every token", "ollama #15865, xLLM #2055"),
        InScan<FactoredDecay>(
            "chunk-exp-overflow", "decays between tokens of a chunk are quotients that overflow for strong gates",
            "executorch #21417, flash-linear-attention #463", levels: FaultLevels.Kernel),
        InScan<HalfReadout>("readout-overflow", "outputs are stored in half precision before the norm", "vLLM #54308"),
    ];

    private sealed class LateKey : Scan
    {
        private readonly Race _race = new(0.001);

        protected override void Updated(
            ScanPath path, in ScanInput x, int token, int keyHead, ReadOnlySpan<float> delta, Span<float> state)
        {
            if (token == x.Shape.Tokens - 1) return;
            ReadOnlySpan<float> now = x.Key(token, keyHead), next = x.Key(token + 1, keyHead);
            for (int j = 0; j < delta.Length; j++)
            {
                if (!_race.IsLost()) continue;
                for (int i = 0; i < now.Length; i++) state[i * delta.Length + j] += (next[i] - now[i]) * delta[j];
            }
        }
    }

    private sealed class UndecayedPrediction : Scan
    {
        protected override float PredictionDecay(ScanPath path, float decay) => path == ScanPath.Decode ? 1 : decay;
    }

    private sealed class TailGateZero : Scan
    {
        protected override float ChunkDecay(ReadOnlySpan<float> sums, int column) =>
            sums.Length < ChunkTokens ? 1 : base.ChunkDecay(sums, column);
    }

    private sealed class CarryDropped : Scan
    {
        protected override void Load(ScanPath path, bool continues, Span<float> state)
        {
            if (path != ScanPath.Decode && continues) state.Clear();
        }
    }

    private sealed class TransposedHandOff : Scan
    {
        protected override void Leave(ScanPath path, in DeltaRuleShape shape, Span<float> state)
        {
            if (path != ScanPath.Prefill) return;
            float[] before = state.ToArray();
            for (int n = 0; n < state.Length; n++)
            {
                (int head, int entry) = Math.DivRem(n, shape.HeadStateLength);
                (int i, int j) = Math.DivRem(entry, shape.ValueDim);
                state[head * shape.HeadStateLength + j * shape.KeyDim + i] = before[n];
            }
        }
    }

    private sealed class SwappedHeadMap : Scan
    {
        protected override int KeyHead(ScanPath path, in ScanInput x, int head)
        {
            if (path == ScanPath.Decode) return base.KeyHead(path, x, head);
            HeadMap other = x.HeadMap == HeadMap.Tiled ? HeadMap.Grouped : HeadMap.Tiled;
            return other.KeyHeadOf(head, x.Shape.KeyHeads, x.Shape.ValueHeads);
        }
    }

    private sealed class PackedStrides : Scan
    {
        protected override ReadOnlySpan<float> Value(in ScanInput x, int token, int head) =>
            x.V.Slice((head * x.Shape.Tokens + token) * x.Shape.ValueDim, x.Shape.ValueDim);
    }

    private sealed class LaneGate : Scan
    {
        protected override float ChunkDecay(ReadOnlySpan<float> sums, int column) =>
            MathF.Exp(sums[Math.Max(0, sums.Length - 1 - 2 * (column % 4))]);
    }

    private sealed class LinearGate : Scan
    {
        protected override float LogDecay(ScanPath path, float gate) =>
            path == ScanPath.Prefill ? MathF.Log(gate) : gate;
    }

    private sealed class LowPrecisionState : Scan
    {
        protected override void Store(Span<float> state)
        {
            foreach (ref float entry in state) entry = StateFormat.BF16.Round(entry);
        }
    }

    private sealed class FactoredDecay : Scan
    {
        protected override float DecayBetween(float sumT, float sumI) => MathF.Exp(sumT) * MathF.Exp(-sumI);
    }

    private sealed class HalfReadout : Scan
    {
        protected override float Store(float output) => (float)(Half)output;
    }
}
