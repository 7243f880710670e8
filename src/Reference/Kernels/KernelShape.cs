using Gdn.Reference.Operators;

namespace Gdn.Reference.Kernels;

/// <summary>Sizes of one call of the kernel: the gated delta rule over several sequences of equal length.</summary>
/// <param name="Rule">Sizes of one sequence.</param>
/// <param name="Sequences">n_seqs.</param>
/// <param name="Planes">State snapshots asked for per sequence; 0 for none. May exceed the tokens.</param>
/// <param name="HeadMap">Which key head a value head reads.</param>
/// <param name="PoolRows">Rows of the state pool, at least <paramref name="Sequences"/>.</param>
public readonly record struct KernelShape(DeltaRuleShape Rule, int Sequences, int Planes, HeadMap HeadMap, int PoolRows)
{
    /// <summary>Elements of q, and of k: <c>[n_seqs, T, Hk, K]</c>.</summary>
    public int KeyLength => Sequences * Rule.KeyLength;

    /// <summary>Elements of v, and of the output: <c>[n_seqs, T, Hv, V]</c>.</summary>
    public int ValueLength => Sequences * Rule.ValueLength;

    /// <summary>Elements of beta: <c>[n_seqs, T, Hv]</c>.</summary>
    public int BetaLength => Sequences * Rule.BetaLength;

    /// <summary>Elements of g: <c>[n_seqs, T, Hv]</c>, or <c>[n_seqs, T, Hv, K]</c> with a gate per channel.</summary>
    public int GateLength => Sequences * Rule.GateLength;

    /// <summary>Elements of the state pool: <c>[rows, Hv, K, V]</c>.</summary>
    public int PoolLength => PoolRows * Rule.StateLength;

    /// <summary>Elements of the snapshots: <c>[planes, n_seqs, Hv, K, V]</c>.</summary>
    public int SnapshotLength => Planes * Sequences * Rule.StateLength;

    /// <summary>Planes that a call fills: a plane exists for a state after a token only, not for the initial one.</summary>
    public int FilledPlanes => Math.Min(Planes, Rule.Tokens);

    /// <summary>Elements of all buffers of a call, roughly; in floating point, since those of absurd sizes fit no integer.</summary>
    public double Elements =>
        2.0 * Sequences * Rule.Tokens * ((double)Rule.KeyHeads * Rule.KeyDim + (double)Rule.ValueHeads * Rule.ValueDim)
        + (PoolRows + (double)Planes * Sequences) * Rule.ValueHeads * Rule.KeyDim * Rule.ValueDim
        + (Rule.PerChannelGate ? (double)Sequences * Rule.Tokens * Rule.ValueHeads * Rule.KeyDim : 0);

    /// <summary>State elements visited, n_seqs * T * Hv * K * V: what the time of a run is proportional to.</summary>
    public double Work => (double)Sequences * Rule.Tokens * Rule.ValueHeads * Rule.KeyDim * Rule.ValueDim;
}
