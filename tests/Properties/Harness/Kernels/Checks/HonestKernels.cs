using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>
/// A correct kernel written as fast ones are: eight partial sums, fused multiply-adds, the decay applied to what is read
/// instead of to the state, the query scaled beforehand, and e^g as a power of two, good to two ulp as on GPUs.
/// </summary>
internal sealed class ReassociatedKernel : IKernelEngine
{
    public string Name => "reassociated";

    public KernelPrecision Precision => KernelPrecision.AllF32;

    public bool Supports(in KernelShape shape) => true;

    public void Run(in KernelCall call)
    {
        DeltaRuleShape rule = call.Shape.Rule;
        for (int n = 0; n < call.Shape.Sequences; n++)
            for (int h = 0; h < rule.ValueHeads; h++)
            {
                Span<float> state = call.Pool.Slice(
                    call.Rows[n] * rule.StateLength + h * rule.HeadStateLength, rule.HeadStateLength);
                for (int t = 0; t < rule.Tokens; t++)
                {
                    Step(call, n, t, h, state);
                    int plane = rule.Tokens - 1 - t;
                    if (plane >= call.Shape.Planes) continue;
                    int row = plane * call.Shape.Sequences + n;
                    state.CopyTo(call.Snapshots[(row * rule.StateLength + h * rule.HeadStateLength)..]);
                }
            }
    }

    public void Dispose()
    {
    }

    private static void Step(in KernelCall call, int n, int t, int h, Span<float> state)
    {
        DeltaRuleShape rule = call.Shape.Rule;
        (int keyDim, int valueDim) = (rule.KeyDim, rule.ValueDim);
        int token = n * rule.Tokens + t;
        int key = (token * rule.KeyHeads + call.Shape.HeadMap.KeyHeadOf(h, rule.KeyHeads, rule.ValueHeads)) * keyDim;
        int head = token * rule.ValueHeads + h;
        float scale = 1 / MathF.Sqrt(keyDim);
        float[] k = call.K.Slice(key, keyDim).ToArray(), q = call.Q.Slice(key, keyDim).ToArray();
        var decay = new float[keyDim];
        for (int i = 0; i < keyDim; i++)
        {
            float gate = call.G[rule.PerChannelGate ? head * keyDim + i : head];
            decay[i] = Exp(gate);
            q[i] *= scale;
        }

        var sums = new float[8];
        for (int j = 0; j < valueDim; j++)
        {
            Array.Clear(sums);
            for (int i = 0; i < keyDim; i++)
                sums[i % 8] = MathF.FusedMultiplyAdd(state[i * valueDim + j], k[i] * decay[i], sums[i % 8]);
            float delta = call.Beta[head] * (call.V[head * valueDim + j] - Total(sums));

            Array.Clear(sums);
            for (int i = 0; i < keyDim; i++)
            {
                ref float entry = ref state[i * valueDim + j];
                entry = MathF.FusedMultiplyAdd(entry, decay[i], k[i] * delta);
                sums[i % 8] = MathF.FusedMultiplyAdd(entry, q[i], sums[i % 8]);
            }

            call.Output[head * valueDim + j] = Total(sums);
        }
    }

    private static float Exp(float x)
    {
        float power = MathF.Pow(2, x * 1.44269504f);
        return (BitConverter.SingleToUInt32Bits(x) % 3) switch
        {
            0 => MathF.BitIncrement(power),
            1 => MathF.BitDecrement(power),
            _ => power,
        };
    }

    // Pairwise, as lanes are folded.
    private static float Total(float[] sums) =>
        ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// <summary>
/// A correct chunked kernel in single precision: running sums of gates, a triangular system solved by forward
/// substitution, and the state carried from chunk to chunk.
/// </summary>
internal sealed class ChunkedKernel(int chunk) : IKernelEngine
{
    public string Name => $"chunked-{chunk}";

    public KernelPrecision Precision => KernelPrecision.AllF32 with { Chunk = chunk };

    public bool Supports(in KernelShape shape) => shape.Planes == 0;

    public void Run(in KernelCall call)
    {
        DeltaRuleShape rule = call.Shape.Rule;
        for (int n = 0; n < call.Shape.Sequences; n++)
            for (int h = 0; h < rule.ValueHeads; h++)
            {
                Span<float> state = call.Pool.Slice(
                    call.Rows[n] * rule.StateLength + h * rule.HeadStateLength, rule.HeadStateLength);
                for (int start = 0; start < rule.Tokens; start += chunk)
                    RunChunk(call, n, h, start, Math.Min(chunk, rule.Tokens - start), state);
            }
    }

    public void Dispose()
    {
    }

    private static void RunChunk(in KernelCall call, int n, int h, int start, int count, Span<float> state)
    {
        DeltaRuleShape rule = call.Shape.Rule;
        (int keyDim, int valueDim) = (rule.KeyDim, rule.ValueDim);
        int keyHead = call.Shape.HeadMap.KeyHeadOf(h, rule.KeyHeads, rule.ValueHeads);
        var gates = new float[count, keyDim];
        var delta = new float[count, valueDim];
        float scale = 1 / MathF.Sqrt(keyDim);
        for (int t = 0; t < count; t++)
        {
            int token = n * rule.Tokens + start + t;
            int head = token * rule.ValueHeads + h;
            ReadOnlySpan<float> k = call.K.Slice((token * rule.KeyHeads + keyHead) * keyDim, keyDim);
            ReadOnlySpan<float> q = call.Q.Slice((token * rule.KeyHeads + keyHead) * keyDim, keyDim);
            for (int i = 0; i < keyDim; i++)
                gates[t, i] = (t == 0 ? 0 : gates[t - 1, i]) + call.G[rule.PerChannelGate ? head * keyDim + i : head];

            float[] recalled = Read(call, n, keyHead, start, t, k, gates, delta, state);
            for (int j = 0; j < valueDim; j++)
                delta[t, j] = call.Beta[head] * (call.V[head * valueDim + j] - recalled[j]);

            // The output sees the token's own write as well.
            float[] output = Read(call, n, keyHead, start, t, q, gates, delta, state);
            float own = Linear.Dot(q, k);
            for (int j = 0; j < valueDim; j++)
                call.Output[head * valueDim + j] = scale * (output[j] + own * delta[t, j]);
        }

        for (int i = 0; i < keyDim; i++)
            for (int j = 0; j < valueDim; j++)
            {
                float sum = MathF.Exp(gates[count - 1, i]) * state[i * valueDim + j];
                for (int t = 0; t < count; t++)
                {
                    float key = call.K[((n * rule.Tokens + start + t) * rule.KeyHeads + keyHead) * keyDim + i];
                    sum += MathF.Exp(gates[count - 1, i] - gates[t, i]) * key * delta[t, j];
                }

                state[i * valueDim + j] = sum;
            }
    }

    // S^T x at token t of the chunk, without its own write.
    private static float[] Read(
        in KernelCall call, int n, int keyHead, int start, int t, ReadOnlySpan<float> x, float[,] gates, float[,] delta,
        ReadOnlySpan<float> state)
    {
        DeltaRuleShape rule = call.Shape.Rule;
        var result = new float[rule.ValueDim];
        for (int i = 0; i < rule.KeyDim; i++)
        {
            float weight = MathF.Exp(gates[t, i]) * x[i];
            for (int j = 0; j < result.Length; j++) result[j] += weight * state[i * rule.ValueDim + j];
        }

        for (int earlier = 0; earlier < t; earlier++)
        {
            ReadOnlySpan<float> k = call.K.Slice(
                ((n * rule.Tokens + start + earlier) * rule.KeyHeads + keyHead) * rule.KeyDim, rule.KeyDim);
            float overlap = 0;
            for (int i = 0; i < rule.KeyDim; i++) overlap += x[i] * MathF.Exp(gates[t, i] - gates[earlier, i]) * k[i];
            for (int j = 0; j < result.Length; j++) result[j] += overlap * delta[earlier, j];
        }

        return result;
    }
}
