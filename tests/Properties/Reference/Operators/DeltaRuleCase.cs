using FsCheck;
using FsCheck.Fluent;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Reference.Operators;

public enum KeyRegime
{
    /// <summary>Independent directions: the only ones that most tests of kernels try.</summary>
    Random,

    /// <summary>One direction plus 10 % noise.</summary>
    Clustered,

    /// <summary>The same key at every token, as in a run of identical tokens.</summary>
    Identical,

    /// <summary>An orthonormal basis, in turn.</summary>
    Orthogonal,

    /// <summary>The same key with random signs.</summary>
    PlusMinus,
}

public enum GateRegime
{
    /// <summary>g = 0: nothing is forgotten.</summary>
    Zero,

    /// <summary>g = -1e-4.</summary>
    Constant,

    /// <summary>-g log-uniform in 1e-4..0.3.</summary>
    Slow,

    /// <summary>-g uniform in 1e-4..20.</summary>
    Fast,

    /// <summary>Each gate of one of the other regimes.</summary>
    Mixed,
}

public enum BetaRegime
{
    Zero,
    Tiny,
    Middle,
    NearOne,
    One,
    Uniform,
}

/// <summary>One delta-rule call, small enough to be printed and shrunk: the numbers follow from the seed.</summary>
public sealed record DeltaRuleCase(
    DeltaRuleShape Shape, HeadMap Map, int Chunk, KeyRegime Keys, GateRegime Gates, BetaRegime Betas, double StateSize,
    int Seed);

/// <summary>Cases over the input classes that break real kernels: K != V, Hk below Hv, lengths around the chunk.</summary>
public static class DeltaRuleCases
{
    public static Arbitrary<DeltaRuleCase> Any() => Arb.From(Generator, Shrink);

    private static Gen<DeltaRuleCase> Generator =>
        from chunk in Gen.Frequency((3, Gen.Choose(1, 8)), (1, Gen.Choose(9, 64)))
        from tokens in Gen.Elements(1, 2, chunk - 1, chunk, chunk + 1, 2 * chunk + 2)
        from keyHeads in Gen.Choose(1, 3)
        from ratio in Gen.Choose(1, 3)
        from keyDim in Gen.Choose(1, 12)
        from valueDim in Gen.Choose(1, 12).Where(dim => dim != keyDim)
        from perChannel in Gen.Elements(false, true)
        from map in Gen.Elements(HeadMap.Tiled, HeadMap.Grouped)
        from keys in Gen.Elements(Enum.GetValues<KeyRegime>())
        from gates in Gen.Elements(Enum.GetValues<GateRegime>())
        from betas in Gen.Elements(Enum.GetValues<BetaRegime>())
        from stateSize in Gen.Elements(0.0, 1.0, 1000.0)
        from seed in Gen.Choose(0, int.MaxValue)
        select new DeltaRuleCase(
            new DeltaRuleShape(tokens, keyHeads, keyHeads * ratio, keyDim, valueDim, perChannel),
            map, chunk, keys, gates, betas, stateSize, seed);

    private static IEnumerable<DeltaRuleCase> Shrink(DeltaRuleCase c)
    {
        DeltaRuleShape s = c.Shape;
        foreach (int tokens in Below(s.Tokens, 0)) yield return c with { Shape = s with { Tokens = tokens } };
        if (s.KeyHeads > 1) yield return c with { Shape = s with { KeyHeads = 1, ValueHeads = s.ValueHeads / s.KeyHeads } };
        if (s.ValueHeads > s.KeyHeads) yield return c with { Shape = s with { ValueHeads = s.KeyHeads } };
        foreach (int dim in Below(s.KeyDim, 1)) yield return c with { Shape = s with { KeyDim = dim } };
        foreach (int dim in Below(s.ValueDim, 1)) yield return c with { Shape = s with { ValueDim = dim } };
        if (s.PerChannelGate) yield return c with { Shape = s with { PerChannelGate = false } };
        foreach (int chunk in Below(c.Chunk, 1)) yield return c with { Chunk = chunk };
        if (c.Map != HeadMap.Tiled) yield return c with { Map = HeadMap.Tiled };
        if (c.Keys != KeyRegime.Identical) yield return c with { Keys = KeyRegime.Identical };
        if (c.Gates != GateRegime.Zero) yield return c with { Gates = GateRegime.Zero };
        if (c.Betas != BetaRegime.One) yield return c with { Betas = BetaRegime.One };
        if (c.StateSize > 0) yield return c with { StateSize = c.StateSize > 1 ? 1 : 0 };
    }

    private static IEnumerable<int> Below(int value, int least)
    {
        if (value / 2 >= least && value / 2 < value - 1) yield return value / 2;
        if (value - 1 >= least) yield return value - 1;
    }
}
