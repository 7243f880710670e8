using Gdn.Reference.Operators;

namespace Gdn.Harness.Faults.Seamed;

/// <summary>What the <see cref="Scan"/> reads of one sequence; arguments as in <see cref="DeltaRule.Run"/>.</summary>
internal readonly ref struct ScanInput
{
    public required DeltaRuleShape Shape { get; init; }

    public required HeadMap HeadMap { get; init; }

    /// <summary><c>[T, Hk, K]</c></summary>
    public required ReadOnlySpan<float> Q { get; init; }

    /// <summary><c>[T, Hk, K]</c></summary>
    public required ReadOnlySpan<float> K { get; init; }

    /// <summary><c>[T, Hv, V]</c></summary>
    public required ReadOnlySpan<float> V { get; init; }

    /// <summary>Natural logarithm, &lt;= 0: <c>[T, Hv]</c> or <c>[T, Hv, K]</c></summary>
    public required ReadOnlySpan<float> G { get; init; }

    /// <summary><c>[T, Hv]</c></summary>
    public required ReadOnlySpan<float> Beta { get; init; }

    /// <summary>The key of one token's key head.</summary>
    public ReadOnlySpan<float> Key(int token, int head) => K.Slice((token * Shape.KeyHeads + head) * Shape.KeyDim, Shape.KeyDim);

    /// <summary>The query of one token's key head.</summary>
    public ReadOnlySpan<float> Query(int token, int head) => Q.Slice((token * Shape.KeyHeads + head) * Shape.KeyDim, Shape.KeyDim);

    /// <summary>The gates of one token's head: one, or one per key channel.</summary>
    public ReadOnlySpan<float> Gates(int token, int head)
    {
        int perHead = Shape.PerChannelGate ? Shape.KeyDim : 1;
        return G.Slice((token * Shape.ValueHeads + head) * perHead, perHead);
    }

    /// <summary>Tokens <c>first .. first + count - 1</c> of these.</summary>
    public ScanInput Tokens(int first, int count)
    {
        DeltaRuleShape token = Shape with { Tokens = 1 }, part = Shape with { Tokens = count };
        return new ScanInput
        {
            Shape = part,
            HeadMap = HeadMap,
            Q = Q.Slice(first * token.KeyLength, part.KeyLength),
            K = K.Slice(first * token.KeyLength, part.KeyLength),
            V = V.Slice(first * token.ValueLength, part.ValueLength),
            G = G.Slice(first * token.GateLength, part.GateLength),
            Beta = Beta.Slice(first * token.BetaLength, part.BetaLength),
        };
    }
}
