namespace Gdn.Reference.Operators;

/// <summary>Sizes of one delta-rule call over one sequence.</summary>
/// <param name="Tokens">T.</param>
/// <param name="KeyHeads">Hk: heads of q and k.</param>
/// <param name="ValueHeads">Hv: heads of v, g, beta and the state; a multiple of Hk.</param>
/// <param name="KeyDim">K: length of a key; rows of a head's state.</param>
/// <param name="ValueDim">V: length of a value; columns of a head's state.</param>
/// <param name="PerChannelGate">KDA: one gate per key channel instead of one per head.</param>
public readonly record struct DeltaRuleShape(
    int Tokens, int KeyHeads, int ValueHeads, int KeyDim, int ValueDim, bool PerChannelGate = false)
{
    /// <summary>Elements of q, and of k: <c>[T, Hk, K]</c>.</summary>
    public int KeyLength => Tokens * KeyHeads * KeyDim;

    /// <summary>Elements of v, and of the output: <c>[T, Hv, V]</c>.</summary>
    public int ValueLength => Tokens * ValueHeads * ValueDim;

    /// <summary>Elements of beta: <c>[T, Hv]</c>.</summary>
    public int BetaLength => Tokens * ValueHeads;

    /// <summary>Elements of g: <c>[T, Hv]</c>, or <c>[T, Hv, K]</c> with a gate per channel.</summary>
    public int GateLength => BetaLength * (PerChannelGate ? KeyDim : 1);

    /// <summary>Elements of a head's state: <c>[K, V]</c>.</summary>
    public int HeadStateLength => KeyDim * ValueDim;

    /// <summary>Elements of the state: <c>[Hv, K, V]</c>.</summary>
    public int StateLength => ValueHeads * HeadStateLength;

    /// <summary>Checks the sizes and the lengths of a call's buffers.</summary>
    /// <exception cref="ArgumentException">A size is not positive, Hk does not divide Hv, or a length is off.</exception>
    public void Validate(int q, int k, int v, int g, int beta, int state, int output, int snapshots)
    {
        if (Tokens < 0 || KeyHeads <= 0 || ValueHeads <= 0 || KeyDim <= 0 || ValueDim <= 0)
            throw new ArgumentException($"Sizes must be positive: {this}.");
        if (ValueHeads % KeyHeads != 0)
            throw new ArgumentException($"Value heads ({ValueHeads}) must be a multiple of key heads ({KeyHeads}).");
        Expect(q, KeyLength, nameof(q));
        Expect(k, KeyLength, nameof(k));
        Expect(v, ValueLength, nameof(v));
        Expect(g, GateLength, nameof(g));
        Expect(beta, BetaLength, nameof(beta));
        Expect(state, StateLength, nameof(state));
        Expect(output, ValueLength, nameof(output));
        if (snapshots % StateLength != 0)
            throw new ArgumentException($"snapshots has {snapshots} elements, not a multiple of {StateLength}.");
    }

    private static void Expect(int actual, int expected, string name)
    {
        if (actual != expected)
            throw new ArgumentException($"{name} has {actual} elements, expected {expected}.", name);
    }
}
