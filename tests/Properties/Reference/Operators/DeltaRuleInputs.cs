using System.Numerics;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Reference.Operators;

/// <summary>The buffers of one call. Every entry is exact in float.</summary>
internal sealed record DeltaRuleInputs<T>(
    DeltaRuleShape Shape, HeadMap Map, T[] Q, T[] K, T[] V, T[] G, T[] Beta, T[] State)
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Runs the recurrent form from <see cref="State"/>, which stays as it is.</summary>
    public (T[] Output, T[] State) Run(Span<T> snapshots = default)
    {
        T[] state = [.. State];
        var output = new T[Shape.ValueLength];
        DeltaRule.Run(Shape, Map, Q, K, V, G, Beta, state, output, snapshots);
        return (output, state);
    }

    /// <summary>Tokens [start, start + count) from another state.</summary>
    public DeltaRuleInputs<T> Slice(int start, int count, T[] state)
    {
        DeltaRuleShape part = Shape with { Tokens = count }, before = Shape with { Tokens = start };
        return new(
            part, Map,
            Q[before.KeyLength..][..part.KeyLength], K[before.KeyLength..][..part.KeyLength],
            V[before.ValueLength..][..part.ValueLength], G[before.GateLength..][..part.GateLength],
            Beta[before.BetaLength..][..part.BetaLength], state);
    }

    /// <summary>The same numbers in another type.</summary>
    public DeltaRuleInputs<TOther> To<TOther>() where TOther : IFloatingPointIeee754<TOther>
    {
        static TOther[] Convert(T[] x) => [.. x.Select(TOther.CreateChecked)];
        return new(
            Shape, Map, Convert(Q), Convert(K), Convert(V), Convert(G), Convert(Beta), Convert(State));
    }
}

internal static class DeltaRuleInputs
{
    /// <summary>Per value head, the largest Frobenius norm that its state has at any token, and at least 1.</summary>
    public static double[] StateNorms(this DeltaRuleInputs<double> inputs)
    {
        DeltaRuleShape s = inputs.Shape;
        var states = new double[(s.Tokens + 1) * s.StateLength];
        inputs.Run(states.AsSpan(s.StateLength));
        inputs.State.CopyTo(states, 0);
        return [.. Enumerable.Range(0, s.ValueHeads).Select(h => Enumerable.Range(0, s.Tokens + 1).Max(t => Math.Max(
            1, Norm(states.AsSpan(t * s.StateLength + h * s.HeadStateLength, s.HeadStateLength)))))];
    }

    /// <summary>Euclidean norm.</summary>
    public static double Norm(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double entry in x) sum += entry * entry;
        return Math.Sqrt(sum);
    }

    /// <summary>The numbers that a case stands for.</summary>
    public static DeltaRuleInputs<double> Make(this DeltaRuleCase c)
    {
        var random = new Random(c.Seed);
        DeltaRuleShape s = c.Shape;
        return new(
            s, c.Map,
            Q: [.. Enumerable.Range(0, s.Tokens * s.KeyHeads).SelectMany(_ => random.Unit(s.KeyDim))],
            K: MakeKeys(random, c.Keys, s),
            V: random.Array(s.ValueLength, 2),
            G: [.. Enumerable.Range(0, s.GateLength).Select(_ => MakeGate(random, c.Gates))],
            Beta: [.. Enumerable.Range(0, s.BetaLength).Select(_ => MakeBeta(random, c.Betas))],
            State: random.Array(s.StateLength, c.StateSize));
    }

    private static double[] MakeKeys(Random random, KeyRegime regime, DeltaRuleShape s)
    {
        double[][] centre = [.. Enumerable.Range(0, s.KeyHeads).Select(_ => random.Unit(s.KeyDim))];
        return [.. Enumerable.Range(0, s.Tokens * s.KeyHeads).SelectMany(
            n => MakeKey(random, regime, centre[n % s.KeyHeads], n / s.KeyHeads))];
    }

    private static double[] MakeKey(Random random, KeyRegime regime, double[] centre, int token) => regime switch
    {
        KeyRegime.Random => random.Unit(centre.Length),
        KeyRegime.Clustered => Draw.Normalise([.. centre.Select(x => x + random.Uniform(-0.1, 0.1))]),
        KeyRegime.Identical => centre,
        // Row `token` of the reflection 1 - 2 c c^T.
        KeyRegime.Orthogonal => Draw.Normalise([.. centre.Select(
            (x, i) => (i == token % centre.Length ? 1 : 0) - 2 * x * centre[token % centre.Length])]),
        KeyRegime.PlusMinus => random.Next(2) == 0 ? centre : [.. centre.Select(x => -x)],
        _ => throw new ArgumentOutOfRangeException(nameof(regime)),
    };

    private static double MakeGate(Random random, GateRegime regime) => regime switch
    {
        GateRegime.Zero => 0,
        GateRegime.Constant => -1e-4f,
        GateRegime.Slow => -random.LogUniform(1e-4, 0.3),
        GateRegime.Fast => -random.Uniform(1e-4, 20),
        GateRegime.Mixed => MakeGate(random, (GateRegime)random.Next((int)GateRegime.Mixed)),
        _ => throw new ArgumentOutOfRangeException(nameof(regime)),
    };

    private static double MakeBeta(Random random, BetaRegime regime) => regime switch
    {
        BetaRegime.Zero => 0,
        BetaRegime.Tiny => 1e-3f,
        BetaRegime.Middle => 0.835f,
        BetaRegime.NearOne => random.Uniform(0.98, 1),
        BetaRegime.One => 1,
        BetaRegime.Uniform => random.Uniform(0, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(regime)),
    };
}
