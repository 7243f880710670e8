using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>
/// The gated delta rule of the seamed engine in the three forms that real engines have. Each virtual member is a place where
/// a real kernel went wrong; its base is right.
/// </summary>
internal class Scan
{
    /// <summary>Tokens solved together when prefilling.</summary>
    public virtual int ChunkTokens => 8;

    /// <summary>Runs one sequence.</summary>
    /// <param name="path">Which form.</param>
    /// <param name="continues">Whether tokens came before: the state is not the zero state.</param>
    /// <param name="x">The tokens.</param>
    /// <param name="state"><c>[Hv, K, V]</c>; replaced.</param>
    /// <param name="output">Receives <c>[T, Hv, V]</c>.</param>
    /// <param name="planes">Verify: receives the last states, newest first: <c>[planes, Hv, K, V]</c>.</param>
    public void Run(
        ScanPath path, bool continues, in ScanInput x, Span<float> state, Span<float> output, Span<float> planes)
    {
        DeltaRuleShape shape = x.Shape;
        Load(path, continues, state);
        // With a gate per channel the sums of a chunk would be one per channel, too: there a chunk has one token.
        if (path == ScanPath.Prefill && !shape.PerChannelGate)
        {
            for (int start = 0; start < shape.Tokens; start += ChunkTokens)
                for (int h = 0; h < shape.ValueHeads; h++)
                    RunChunk(x, start, Math.Min(ChunkTokens, shape.Tokens - start), h, HeadState(shape, state, h), output);
        }
        else
        {
            for (int t = 0; t < shape.Tokens; t++)
            {
                for (int h = 0; h < shape.ValueHeads; h++) Step(path, x, t, h, HeadState(shape, state, h), output);
                int plane = (shape.Tokens - 1 - t) * state.Length;
                if (plane < planes.Length) state.CopyTo(planes[plane..]);
            }
        }

        Leave(path, shape, state);
    }

    /// <summary>Takes over the state that the tokens before left.</summary>
    protected virtual void Load(ScanPath path, bool continues, Span<float> state)
    {
    }

    /// <summary>Leaves the state to the tokens that follow.</summary>
    protected virtual void Leave(ScanPath path, in DeltaRuleShape shape, Span<float> state)
    {
    }

    /// <summary>The key head that a value head reads.</summary>
    protected virtual int KeyHead(ScanPath path, in ScanInput x, int head) =>
        x.HeadMap.KeyHeadOf(head, x.Shape.KeyHeads, x.Shape.ValueHeads);

    /// <summary>The value of one token's head.</summary>
    protected virtual ReadOnlySpan<float> Value(in ScanInput x, int token, int head) =>
        x.V.Slice((token * x.Shape.ValueHeads + head) * x.Shape.ValueDim, x.Shape.ValueDim);

    /// <summary>The logarithm of the decay, from the gate.</summary>
    protected virtual float LogDecay(ScanPath path, float gate) => gate;

    /// <summary>What S^T k is multiplied by to become the prediction of the decayed state.</summary>
    protected virtual float PredictionDecay(ScanPath path, float decay) => decay;

    /// <summary>Whatever else happens to a head's state <c>[K, V]</c> between a token's write and its read.</summary>
    protected virtual void Updated(ScanPath path, in ScanInput x, int token, int keyHead, ReadOnlySpan<float> delta, Span<float> state)
    {
    }

    /// <summary>Decay from token i of a chunk to token t, from the sums of gates up to them.</summary>
    protected virtual float DecayBetween(float sumT, float sumI) => MathF.Exp(sumT - sumI);

    /// <summary>Decay of the state over a whole chunk, from the sums of gates up to each of its tokens.</summary>
    protected virtual float ChunkDecay(ReadOnlySpan<float> sums, int column) => MathF.Exp(sums[^1]);

    /// <summary>Stores a head's state, after each token or chunk.</summary>
    protected virtual void Store(Span<float> state)
    {
    }

    /// <summary>Stores an output.</summary>
    protected virtual float Store(float output) => output;

    private static Span<float> HeadState(in DeltaRuleShape shape, Span<float> state, int head) =>
        state.Slice(head * shape.HeadStateLength, shape.HeadStateLength);

    // One token of one head.
    private void Step(ScanPath path, in ScanInput x, int t, int h, Span<float> state, Span<float> output)
    {
        DeltaRuleShape shape = x.Shape;
        int keyHead = KeyHead(path, x, h), gate = t * shape.ValueHeads + h, columns = shape.ValueDim;
        ReadOnlySpan<float> k = x.Key(t, keyHead), v = Value(x, t, h);
        ReadOnlySpan<float> g = x.Gates(t, h);
        float scale = 1 / MathF.Sqrt(shape.KeyDim);

        Span<float> delta = stackalloc float[columns], decays = stackalloc float[k.Length], predicted = stackalloc float[k.Length];
        for (int i = 0; i < k.Length; i++)
        {
            decays[i] = MathF.Exp(LogDecay(path, g[i % g.Length]));
            predicted[i] = PredictionDecay(path, decays[i]) * k[i];
        }

        Read(state, predicted, delta);
        for (int j = 0; j < columns; j++) delta[j] = x.Beta[gate] * (v[j] - delta[j]);
        for (int i = 0; i < k.Length; i++)
        {
            Span<float> row = state.Slice(i * columns, columns);
            for (int j = 0; j < row.Length; j++) row[j] = decays[i] * row[j] + k[i] * delta[j];
        }

        Updated(path, x, t, keyHead, delta, state);
        Store(state);
        Span<float> o = output.Slice(gate * columns, columns);
        Read(state, x.Query(t, keyHead), o);
        foreach (ref float entry in o) entry = Store(scale * entry);
    }

    // One chunk of one head. With b_t the sum of gates from the chunk's start and S the state before it,
    //   delta_t = beta_t (v_t - e^{b_t} S^T k_t - sum_{i < t} e^{b_t - b_i} (k_t . k_i) delta_i)
    //   o_t     = (e^{b_t} S^T q_t + sum_{i <= t} e^{b_t - b_i} (q_t . k_i) delta_i) / sqrt(K)
    //   S      <- e^{b_last} S + sum_t e^{b_last - b_t} k_t delta_t^T
    private void RunChunk(in ScanInput x, int start, int count, int h, Span<float> state, Span<float> output)
    {
        DeltaRuleShape shape = x.Shape;
        int keyHead = KeyHead(ScanPath.Prefill, x, h), columns = shape.ValueDim;
        float scale = 1 / MathF.Sqrt(shape.KeyDim);
        var sums = new float[count];
        var deltas = new float[count * columns];
        for (int t = 0; t < count; t++)
        {
            int gate = (start + t) * shape.ValueHeads + h;
            sums[t] = (t == 0 ? 0 : sums[t - 1]) + LogDecay(ScanPath.Prefill, x.G[gate]);
            float decay = MathF.Exp(sums[t]);
            ReadOnlySpan<float> k = x.Key(start + t, keyHead), q = x.Query(start + t, keyHead), v = Value(x, start + t, h);
            Span<float> delta = deltas.AsSpan(t * columns, columns), o = output.Slice(gate * columns, columns);
            Read(state, k, delta);
            Read(state, q, o);
            for (int j = 0; j < columns; j++) (delta[j], o[j]) = (v[j] - decay * delta[j], decay * o[j]);
            for (int i = 0; i < t; i++)
            {
                ReadOnlySpan<float> earlier = x.Key(start + i, keyHead);
                float between = DecayBetween(sums[t], sums[i]);
                Add(-between * Linear.Dot(k, earlier), deltas.AsSpan(i * columns, columns), delta);
                Add(between * Linear.Dot(q, earlier), deltas.AsSpan(i * columns, columns), o);
            }

            foreach (ref float entry in delta) entry *= x.Beta[gate];
            Add(Linear.Dot(q, k), delta, o);
            foreach (ref float entry in o) entry = Store(scale * entry);
        }

        Span<float> decays = stackalloc float[columns];
        for (int j = 0; j < columns; j++) decays[j] = ChunkDecay(sums, j);
        for (int i = 0; i < shape.KeyDim; i++)
        {
            Span<float> row = state.Slice(i * columns, columns);
            for (int j = 0; j < columns; j++) row[j] *= decays[j];
            for (int t = 0; t < count; t++)
                Add(DecayBetween(sums[^1], sums[t]) * x.Key(start + t, keyHead)[i], deltas.AsSpan(t * columns, columns), row);
        }

        Store(state);
    }

    // result <- S^T x
    private static void Read(ReadOnlySpan<float> state, ReadOnlySpan<float> x, Span<float> result)
    {
        result.Clear();
        for (int i = 0; i < x.Length; i++) Add(x[i], state.Slice(i * result.Length, result.Length), result);
    }

    private static void Add(float factor, ReadOnlySpan<float> x, Span<float> sum)
    {
        for (int j = 0; j < sum.Length; j++) sum[j] += factor * x[j];
    }
}
