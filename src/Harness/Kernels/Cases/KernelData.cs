using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Cases;

/// <summary>The inputs of a case. Layouts as in <see cref="KernelCall"/>.</summary>
public sealed class KernelData
{
    private readonly RawParameters _raw;
    private readonly int[] _offsets;

    private KernelData(KernelCase @case)
    {
        Case = @case;
        KernelShape shape = @case.Shape;
        (_raw, _offsets) = (new RawParameters(@case), shape.Offsets());
        Q = new float[shape.KeyLength];
        K = new float[shape.KeyLength];
        V = new float[shape.ValueLength];
        G = new float[shape.GateLength];
        Beta = new float[shape.BetaLength];
        Pool = new float[shape.PoolLength];
        Rows = new int[shape.PoolRows];
    }

    /// <summary>What these are the inputs of.</summary>
    public KernelCase Case { get; }

    /// <summary>Queries.</summary>
    public float[] Q { get; }

    /// <summary>Keys.</summary>
    public float[] K { get; }

    /// <summary>Values.</summary>
    public float[] V { get; }

    /// <summary>Log decays, or a where gates are raw.</summary>
    public float[] G { get; }

    /// <summary>Write strengths, or b where gates are raw.</summary>
    public float[] Beta { get; }

    /// <summary>A_log of raw gates; otherwise empty.</summary>
    public float[] ALog => _raw.ALog;

    /// <summary>dt_bias of raw gates; otherwise empty.</summary>
    public float[] TimeStepBias => _raw.TimeStepBias;

    /// <summary>States; rows of no sequence hold a NaN each that tells which row it is.</summary>
    public float[] Pool { get; }

    /// <summary>Pool row of each sequence.</summary>
    public int[] Rows { get; private set; }

    /// <summary>Makes the inputs of a case.</summary>
    public static KernelData Generate(KernelCase @case) => Generate(@case, _ => @case.Seed);

    /// <summary>
    /// The same, but some sequences have other contents, initial state included. Rows stay as they are.
    /// </summary>
    /// <param name="case">The case.</param>
    /// <param name="changed">The sequences to change.</param>
    public static KernelData GenerateChanged(KernelCase @case, ReadOnlySpan<int> changed)
    {
        int[] others = changed.ToArray();
        return Generate(@case, sequence => others.Contains(sequence) ? ~@case.Seed : @case.Seed);
    }

    /// <summary>A call on these inputs.</summary>
    /// <param name="pool">A copy of the states; what the call changes.</param>
    /// <param name="output">Receives the output.</param>
    /// <param name="snapshots">Receives the snapshots.</param>
    public KernelCall Call(Span<float> pool, Span<float> output, Span<float> snapshots) => new()
    {
        Shape = Case.Shape,
        Q = Q,
        K = K,
        V = V,
        G = G,
        Beta = Beta,
        ALog = ALog,
        TimeStepBias = TimeStepBias,
        Rows = Rows,
        Offsets = Case.Shape.Lengths.Offsets(),
        Pool = pool,
        Output = output,
        Snapshots = snapshots,
    };

    private static KernelData Generate(KernelCase @case, Func<int, ulong> seedOf)
    {
        KernelShape shape = @case.Shape;
        var data = new KernelData(@case);
        for (int row = 0; row < shape.PoolRows; row++) data.Rows[row] = row;
        new SeededRandom(@case.Seed).Shuffle(data.Rows.AsSpan());
        data.Rows = data.Rows[..shape.Sequences];

        for (int row = 0; row < shape.PoolRows; row++)
            data.Pool.AsSpan(row * shape.Rule.StateLength, shape.Rule.StateLength).Fill(Poison.InRow(row).Value);
        for (int n = 0; n < shape.Sequences; n++)
            data.FillSequence(n, SeededRandom.Derive(seedOf(n), (ulong)n));
        return data;
    }

    // A stream per head, so that a case with fewer sequences, tokens or heads keeps the inputs of those that remain.
    private void FillSequence(int sequence, ulong seed)
    {
        DeltaRuleShape rule = Case.Shape.RuleOf(sequence);
        int first = _offsets[sequence];
        for (int h = 0; h < rule.KeyHeads; h++)
        {
            var random = new SeededRandom(SeededRandom.Derive(seed, (ulong)(2 * h)));
            var keys = new KeyGenerator(Case.Regime, rule.KeyDim, random);
            var lengths = new SeededRandom(SeededRandom.Derive(seed, ulong.MaxValue - (ulong)h));
            for (int t = 0; t < rule.Tokens; t++)
            {
                int start = ((first + t) * rule.KeyHeads + h) * rule.KeyDim;
                Span<float> key = K.AsSpan(start, rule.KeyDim), query = Q.AsSpan(start, rule.KeyDim);
                keys.Next(key, query);
                _raw.Lengthen(key, lengths);
                _raw.Lengthen(query, lengths);
            }
        }

        // One sequence in four starts fresh; the others bring a state much larger than what a token writes.
        double stateScale = new SeededRandom(seed).Next(4) == 0 ? 0 : 8;
        for (int h = 0; h < rule.ValueHeads; h++)
        {
            var random = new SeededRandom(SeededRandom.Derive(seed, (ulong)(2 * h + 1)));
            Span<float> state = Pool.AsSpan(Rows[sequence] * rule.StateLength + h * rule.HeadStateLength, rule.HeadStateLength);
            foreach (ref float entry in state) entry = (float)(stateScale * random.NextGaussian());

            var gates = new GateGenerator(Case.Regime, random);
            int channels = rule.PerChannelGate ? rule.KeyDim : 1;
            for (int t = 0; t < rule.Tokens; t++)
            {
                int index = (first + t) * rule.ValueHeads + h;
                foreach (ref float entry in V.AsSpan(index * rule.ValueDim, rule.ValueDim)) entry = (float)random.NextGaussian();
                for (int i = 0; i < channels; i++)
                    G[index * channels + i] = _raw.GateOf(gates.NextGate(), h * channels + i);
                Beta[index] = _raw.BetaOf(gates.NextBeta());
            }
        }
    }
}
