using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>
/// The reference, one token of one sequence at a time, with a seam at every place where a kernel can go wrong.
/// Nothing overridden, it is the reference bit for bit.
/// </summary>
internal class TokenwiseEngine(string name) : IKernelEngine
{
    public string Name { get; } = name;

    public virtual KernelPrecision Precision => KernelPrecision.AllF32;

    public virtual bool Supports(in KernelShape shape) => true;

    public virtual void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        DeltaRuleShape rule = shape.Rule;
        for (int n = 0; n < shape.Sequences; n++)
        {
            var state = new float[rule.StateLength];
            LoadState(call, n, state);
            for (int t = 0; t < rule.Tokens; t++)
            {
                var token = new Token(shape, n, t)
                {
                    Q = Slice(call.Q, n, t, rule.KeyLength / rule.Tokens, rule.Tokens),
                    K = Slice(call.K, n, t, rule.KeyLength / rule.Tokens, rule.Tokens),
                    V = Slice(call.V, n, t, rule.ValueLength / rule.Tokens, rule.Tokens),
                    G = Slice(call.G, n, t, rule.GateLength / rule.Tokens, rule.Tokens),
                    Beta = Slice(call.Beta, n, t, rule.ValueHeads, rule.Tokens),
                    State = state,
                    Output = new float[rule.ValueHeads * rule.ValueDim],
                };
                if (t > 0) token.PreviousBeta = Slice(call.Beta, n, t - 1, rule.ValueHeads, rule.Tokens);
                Step(token);
                token.Output.CopyTo(call.Output[((n * rule.Tokens + t) * token.Output.Length)..]);
                int plane = Plane(shape, t);
                if (plane >= 0 && plane < shape.Planes)
                    state.CopyTo(call.Snapshots[((plane * shape.Sequences + n) * state.Length)..]);
            }

            state.CopyTo(call.Pool.Slice(call.Rows[n] * state.Length, state.Length));
        }
    }

    public void Dispose()
    {
    }

    /// <summary>Reads the sequence's initial state.</summary>
    protected virtual void LoadState(in KernelCall call, int sequence, float[] state) =>
        call.Pool.Slice(call.Rows[sequence] * state.Length, state.Length).CopyTo(state);

    /// <summary>Runs one token.</summary>
    protected virtual void Step(Token token) => token.Run();

    /// <summary>The snapshot plane of the state after token t; outside the planes if it has none.</summary>
    protected virtual int Plane(in KernelShape shape, int t) => shape.Rule.Tokens - 1 - t;

    private static float[] Slice(ReadOnlySpan<float> source, int n, int t, int length, int tokens) =>
        source.Slice((n * tokens + t) * length, length).ToArray();

    /// <summary>One token of one sequence: copies of its inputs, its sequence's state, its output.</summary>
    internal sealed class Token(KernelShape shape, int sequence, int index)
    {
        public int Sequence => sequence;
        public int Index => index;
        public DeltaRuleShape Rule { get; } = shape.Rule with { Tokens = 1 };
        public int Tokens => shape.Rule.Tokens;
        public HeadMap Map { get; set; } = shape.HeadMap;
        public required float[] Q { get; init; }
        public required float[] K { get; init; }
        public required float[] V { get; init; }
        public required float[] G { get; init; }
        public required float[] Beta { get; init; }
        public float[]? PreviousBeta { get; set; }
        public required float[] State { get; init; }
        public required float[] Output { get; init; }

        /// <summary>A head's part of the state.</summary>
        public Span<float> HeadState(int head) => State.AsSpan(head * Rule.HeadStateLength, Rule.HeadStateLength);

        /// <summary>The reference on the token as it is now.</summary>
        public void Run() => DeltaRule.Run<float>(Rule, Map, Q, K, V, G, Beta, State, Output);
    }
}
