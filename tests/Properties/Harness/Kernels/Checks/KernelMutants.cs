using System.Runtime.InteropServices;
using Gdn.Harness.Kernels.Bounds;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;
using Gdn.Reference.State;
using Token = Gdn.Properties.Harness.Kernels.Checks.TokenwiseEngine.Token;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>Broken kernels, each by one small deviation from the reference, as real kernels have had them.</summary>
internal static class KernelMutants
{
    /// <summary>The length after which chunked mutants go wrong; that of most real kernels.</summary>
    public const int Chunk = 64;

    public static IReadOnlyList<IKernelEngine> All { get; } =
    [
        // Formula.
        new StepMutant("decay-after-update", DecayAfterUpdate),
        new StepMutant("no-decay", (token, run) => { Array.Clear(token.G); run(); }),
        new StepMutant("beta-dropped", (token, run) => { Array.Fill(token.Beta, 1); run(); }),
        new StepMutant("stale-beta", (token, run) => { token.PreviousBeta?.CopyTo(token.Beta, 0); run(); }),
        new StepMutant("scale-dropped", (token, run) =>
        {
            run();
            foreach (ref float entry in token.Output.AsSpan()) entry *= MathF.Sqrt(token.Rule.KeyDim);
        }),
        new StepMutant("read-before-write", ReadBeforeWrite),
        new StepMutant("head-map-swapped", (token, run) =>
        {
            token.Map = token.Map == HeadMap.Tiled ? HeadMap.Grouped : HeadMap.Tiled;
            run();
        }),

        // Carry between chunks.
        new StepMutant("reset-at-chunk", AtChunkStart((_, state) => state.Clear())),
        new StepMutant("reset-at-chunk-head-0", AtChunkStart((token, _) => token.HeadState(0).Clear())),
        new StepMutant("reset-at-chunk-seq-1", AtChunkStart((token, state) =>
        {
            if (token.Sequence == 1) state.Clear();
        })),
        new StepMutant("transposed-at-chunk", AtChunkStart((token, _) => Transpose(token))),
        new StepMutant("row-zeroed-at-chunk", AtChunkStart((token, _) => token.HeadState(0)[..token.Rule.ValueDim].Clear())),
        new StepMutant("bf16-state-at-chunk", AtChunkStart((_, state) =>
        {
            foreach (ref float entry in state) entry = StateFormat.BF16.Round(entry);
        })),
        new StepMutant("last-partial-chunk-not-decayed", (token, run) =>
        {
            if (token.Index >= token.Tokens / Chunk * Chunk) Array.Clear(token.G);
            run();
        }),

        // State rows.
        new LoadMutant("initial-state-ignored", (_, _, state) => state.AsSpan().Clear()),
        new LoadMutant("initial-row-zeroed", (call, _, state) => state.AsSpan(0, call.Shape.Rule.ValueDim).Clear()),
        new LoadMutant("seq-1-starts-from-seq-0", (call, n, state) =>
        {
            if (n == 1) call.Pool.Slice(call.Rows[0] * state.Length, state.Length).CopyTo(state);
        }),
        new LoadMutant("row-is-sequence-index", (call, n, state) =>
            call.Pool.Slice(n * state.Length, state.Length).CopyTo(state)),
        new RunMutant("seq-0-leaks-into-others", LeakFirstSequence),
        new RunMutant("final-state-transposed", TransposeFinalStates),
        new RunMutant("foreign-row-written", (call, reference) =>
        {
            reference(call);
            for (int row = 0; row < call.Shape.PoolRows; row++)
                if (!call.Rows.Contains(row)) call.Pool[row * call.Shape.Rule.StateLength] = 0;
        }),
        new RunMutant("written-past-the-end", (call, reference) =>
        {
            reference(call);
            System.Runtime.CompilerServices.Unsafe.Add(ref MemoryMarshal.GetReference(call.Output), call.Output.Length) = 0;
        }),
        new RunMutant("last-output-not-written", (call, reference) =>
        {
            float before = call.Output[^1];
            reference(call);
            call.Output[^1] = before;
        }),
        new PlaneMutant("snapshots-oldest-first", (shape, t) => t - (shape.Rule.Tokens - shape.FilledPlanes)),
        new PlaneMutant("snapshots-one-late", (shape, t) => shape.Rule.Tokens - t),

        // Precision below what is declared.
        new Undeclared("bf16-state", new(KernelPrecision.BF16, KernelPrecision.F32, KernelPrecision.F32)),
        new Undeclared("f16-state", new(KernelPrecision.F16, KernelPrecision.F32, KernelPrecision.F32)),
        new Undeclared("bf16-inputs", new(KernelPrecision.F32, KernelPrecision.BF16, KernelPrecision.F32)),
        new Undeclared("f16-inputs", new(KernelPrecision.F32, KernelPrecision.F16, KernelPrecision.F32)),

        // Not a function of its inputs.
        new Flaky(),
    ];

    private static void DecayAfterUpdate(Token token, Action run)
    {
        float[] gates = [.. token.G];
        Array.Clear(token.G);
        run();
        DeltaRuleShape rule = token.Rule;
        for (int i = 0; i < token.State.Length; i++)
        {
            int row = i / rule.ValueDim;
            token.State[i] *= MathF.Exp(gates[rule.PerChannelGate ? row : row / rule.KeyDim]);
        }
    }

    private static void ReadBeforeWrite(Token token, Action run)
    {
        float[] before = [.. token.State], betas = [.. token.Beta];
        Array.Clear(token.Beta);
        run();
        float[] output = [.. token.Output];
        before.CopyTo(token.State, 0);
        betas.CopyTo(token.Beta, 0);
        run();
        output.CopyTo(token.Output, 0);
    }

    private static Action<Token, Action> AtChunkStart(SpanAction damage) => (token, run) =>
    {
        if (token.Index > 0 && token.Index % Chunk == 0) damage(token, token.State);
        run();
    };

    private static void Transpose(Token token)
    {
        for (int h = 0; h < token.Rule.ValueHeads; h++) Transpose(token.HeadState(h), token.Rule);
    }

    // Row-major [K, V] rewritten as [V, K]; a copy for K = V = 1.
    private static void Transpose(Span<float> head, in DeltaRuleShape rule)
    {
        float[] source = head.ToArray();
        for (int i = 0; i < rule.KeyDim; i++)
            for (int j = 0; j < rule.ValueDim; j++) head[j * rule.KeyDim + i] = source[i * rule.ValueDim + j];
    }

    // A millionth of sequence 0's first value ends up in every other sequence's last output: below any tolerance.
    private static void LeakFirstSequence(KernelCall call, RunMutant.Reference reference)
    {
        reference(call);
        int length = call.Shape.Rule.ValueLength;
        for (int n = 1; n < call.Shape.Sequences; n++) call.Output[(n + 1) * length - 1] += 1e-6f * call.V[0];
    }

    private static void TransposeFinalStates(KernelCall call, RunMutant.Reference reference)
    {
        reference(call);
        DeltaRuleShape rule = call.Shape.Rule;
        foreach (int row in call.Rows)
            for (int h = 0; h < rule.ValueHeads; h++)
                Transpose(call.Pool.Slice(row * rule.StateLength + h * rule.HeadStateLength, rule.HeadStateLength), rule);
    }

    private delegate void SpanAction(Token token, Span<float> state);
}

/// <summary>Deviates in single tokens; <c>run</c> is the correct step on the token as it is then.</summary>
internal sealed class StepMutant(string name, Action<Token, Action> step) : TokenwiseEngine(name)
{
    protected override void Step(Token token) => step(token, token.Run);
}

/// <summary>Deviates in the initial state, after it was loaded correctly.</summary>
internal sealed class LoadMutant(string name, LoadMutant.Damage damage) : TokenwiseEngine(name)
{
    public delegate void Damage(KernelCall call, int sequence, float[] state);

    protected override void LoadState(in KernelCall call, int sequence, float[] state)
    {
        base.LoadState(call, sequence, state);
        damage(call, sequence, state);
    }
}

/// <summary>Deviates around the whole call.</summary>
internal sealed class RunMutant(string name, RunMutant.Body body) : TokenwiseEngine(name)
{
    public delegate void Reference(KernelCall call);

    public delegate void Body(KernelCall call, Reference reference);

    public override void Run(in KernelCall call) => body(call, RunReference);

    private void RunReference(KernelCall call) => base.Run(call);
}

/// <summary>Deviates in the order of snapshots.</summary>
internal sealed class PlaneMutant(string name, Func<KernelShape, int, int> plane) : TokenwiseEngine(name)
{
    protected override int Plane(in KernelShape shape, int t) => plane(shape, t);
}

/// <summary>Computes in a coarser precision than it declares.</summary>
internal sealed class Undeclared(string name, KernelPrecision real) : IKernelEngine
{
    private readonly EmulatedKernelEngine _engine = new(real);

    public string Name => name;

    public KernelPrecision Precision => KernelPrecision.AllF32;

    public bool Supports(in KernelShape shape) => true;

    public void Run(in KernelCall call) => _engine.Run(call);

    public void Dispose() => _engine.Dispose();
}

/// <summary>Every other call rounds one output differently, as an unordered reduction does.</summary>
internal sealed class Flaky() : TokenwiseEngine("nondeterministic")
{
    private int _calls;

    public override void Run(in KernelCall call)
    {
        base.Run(call);
        if (_calls++ % 2 == 0) call.Output[0] = MathF.BitIncrement(call.Output[0]);
    }
}
