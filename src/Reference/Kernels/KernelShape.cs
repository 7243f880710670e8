using Gdn.Reference.Operators;

namespace Gdn.Reference.Kernels;

/// <summary>Sizes of one call of the kernel: the gated delta rule over several sequences.</summary>
/// <param name="Rule">Sizes of one sequence; of the longest one in a ragged call.</param>
/// <param name="Sequences">n_seqs.</param>
/// <param name="Planes">State snapshots asked for per sequence; 0 for none. May exceed the tokens.</param>
/// <param name="HeadMap">Which key head a value head reads.</param>
/// <param name="PoolRows">Rows of the state pool, at least <paramref name="Sequences"/>.</param>
public readonly record struct KernelShape(DeltaRuleShape Rule, int Sequences, int Planes, HeadMap HeadMap, int PoolRows)
{
    /// <summary>Tokens of each sequence of a ragged call; empty where all have <c>Rule.Tokens</c>. See <see cref="WithLengths"/>.</summary>
    public SequenceLengths Lengths { get; init; }

    /// <summary>Which inputs are raw: <see cref="KernelForms.RawGates"/>, <see cref="KernelForms.RawKeys"/>, both or none.</summary>
    public KernelForms RawInputs { get; init; }

    /// <summary>Everything in which the call is not the usual one.</summary>
    public KernelForms Forms => RawInputs
        | (Lengths.IsEmpty ? KernelForms.None : KernelForms.Ragged)
        | (Lengths.Values.Contains(0) ? KernelForms.EmptySequences : KernelForms.None);

    /// <summary>Tokens of all sequences: T_total.</summary>
    public int TotalTokens => Lengths.IsEmpty ? Sequences * Rule.Tokens : (int)Lengths.Total;

    /// <summary>Elements of q, and of k: <c>[n_seqs, T, Hk, K]</c>, packed <c>[T_total, Hk, K]</c>.</summary>
    public int KeyLength => TotalTokens * Rule.KeyHeads * Rule.KeyDim;

    /// <summary>Elements of v, and of the output: <c>[n_seqs, T, Hv, V]</c>, packed <c>[T_total, Hv, V]</c>.</summary>
    public int ValueLength => TotalTokens * Rule.ValueHeads * Rule.ValueDim;

    /// <summary>Elements of beta: <c>[n_seqs, T, Hv]</c>, packed <c>[T_total, Hv]</c>.</summary>
    public int BetaLength => TotalTokens * Rule.ValueHeads;

    /// <summary>Elements of g: those of beta, times K with a gate per channel.</summary>
    public int GateLength => BetaLength * (Rule.PerChannelGate ? Rule.KeyDim : 1);

    /// <summary>Elements of the state pool: <c>[rows, Hv, K, V]</c>.</summary>
    public int PoolLength => PoolRows * Rule.StateLength;

    /// <summary>Elements of the snapshots: <c>[planes, n_seqs, Hv, K, V]</c>.</summary>
    public int SnapshotLength => Planes * Sequences * Rule.StateLength;

    /// <summary>
    /// Planes that a call fills: a plane exists for a state after a token only, not for the initial one. In a ragged call a
    /// sequence fills no more of them than it has tokens.
    /// </summary>
    public int FilledPlanes => Math.Min(Planes, Rule.Tokens);

    /// <summary>Elements of all buffers of a call, roughly; in floating point, since those of absurd sizes fit no integer.</summary>
    public double Elements =>
        2.0 * Tokens * ((double)Rule.KeyHeads * Rule.KeyDim + (double)Rule.ValueHeads * Rule.ValueDim)
        + (PoolRows + (double)Planes * Sequences) * Rule.ValueHeads * Rule.KeyDim * Rule.ValueDim
        + (Rule.PerChannelGate ? Tokens * Rule.ValueHeads * Rule.KeyDim : 0);

    /// <summary>State elements visited, T_total * Hv * K * V: what the time of a run is proportional to.</summary>
    public double Work => Tokens * Rule.ValueHeads * Rule.KeyDim * Rule.ValueDim;

    private double Tokens => Lengths.IsEmpty ? (double)Sequences * Rule.Tokens : Lengths.Total;

    /// <summary>Tokens of a sequence.</summary>
    public int TokensOf(int sequence) => Lengths.IsEmpty ? Rule.Tokens : Lengths.Values[sequence];

    /// <summary>Sizes of a sequence.</summary>
    public DeltaRuleShape RuleOf(int sequence) => Rule with { Tokens = TokensOf(sequence) };

    /// <summary>Where the tokens of each sequence begin, and where the last ones end: <c>[n_seqs + 1]</c>, ragged or not.</summary>
    public int[] Offsets()
    {
        if (!Lengths.IsEmpty) return Lengths.Offsets();
        var offsets = new int[Sequences + 1];
        for (int n = 0; n < Sequences; n++) offsets[n + 1] = offsets[n] + Rule.Tokens;
        return offsets;
    }

    /// <summary>Sequence of a token, and its position there.</summary>
    /// <param name="token">Index among the tokens of all sequences.</param>
    public (int Sequence, int Position) PlaceOf(int token)
    {
        if (Lengths.IsEmpty) return Math.DivRem(token, Rule.Tokens);
        int sequence = 0;
        for (; token >= Lengths.Values[sequence]; sequence++) token -= Lengths.Values[sequence];
        return (sequence, token);
    }

    /// <summary>A ragged call of sequences with these lengths, or, of none, the usual call with the sequences that there are.</summary>
    public KernelShape WithLengths(params ReadOnlySpan<int> lengths)
    {
        var given = new SequenceLengths(lengths);
        return given.IsEmpty
            ? this with { Lengths = default }
            : this with { Lengths = given, Sequences = lengths.Length, Rule = Rule with { Tokens = given.Longest } };
    }
}
