using System.Numerics;
using System.Runtime.Intrinsics;
using Gdn.Harness;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

/// <summary>Inputs of a delta scan of one sequence.</summary>
internal sealed record DeltaScanCase(
    DeltaRuleShape Shape, float[] Q, float[] K, float[] V, float[] G, float[] Beta, float[] State)
{
    private static readonly Workers Thread = new(1);

    /// <summary>The scan on vectors of a width.</summary>
    public delegate void Scan(
        in DeltaRuleShape shape, int sequences, HeadMap map, in DeltaScanInput input, Span<float> state, int planes,
        int source, Span<float> output, Workers pool);

    /// <summary>By floats of a register: the rungs that this machine has.</summary>
    public static IReadOnlyDictionary<int, Scan> Rungs { get; } = new (bool IsThere, int Width, Scan Scan)[]
    {
        (Vector512.IsHardwareAccelerated, 16, DeltaScan.Run<Vector512<float>, Simd512>),
        (Vector256.IsHardwareAccelerated, 8, DeltaScan.Run<Vector256<float>, Simd256>),
        (Vector128.IsHardwareAccelerated, 4, DeltaScan.Run<Vector128<float>, Simd128>),
        (true, 1, DeltaScan.Run<float, SimdScalar>),
    }.Where(rung => rung.IsThere).ToDictionary(rung => rung.Width, rung => rung.Scan);

    /// <summary>Unit keys that resemble each other, slow gates and a large state: what finds real bugs.</summary>
    public static DeltaScanCase Make(ulong seed, DeltaRuleShape shape)
    {
        var random = new SeededRandom(seed);
        float[] q = Noise.Gaussian(random, shape.KeyLength), k = Noise.Gaussian(random, shape.KeyLength, 0.1);
        for (int i = 0; i < k.Length; i++) k[i] += i % shape.KeyDim % 3 - 1;
        Gdn.Reference.Operators.L2Norm.Run<float>(q, shape.KeyDim, 1e-6f);
        Gdn.Reference.Operators.L2Norm.Run<float>(k, shape.KeyDim, 1e-6f);
        float[] g = Noise.Uniform(random, shape.GateLength, -8, -1);
        for (int i = 0; i < g.Length; i++) g[i] = -MathF.Exp(g[i]);
        float[] beta = Noise.Uniform(random, shape.BetaLength, 0, 1);
        beta[0] = 0;
        beta[^1] = 1;
        return new DeltaScanCase(
            shape, q, k, Noise.Gaussian(random, shape.ValueLength), g, beta,
            Noise.Gaussian(random, shape.StateLength, 10));
    }

    /// <summary>exp(g).</summary>
    public float[] Decay() => Array.ConvertAll(G, MathF.Exp);

    /// <summary>Runs the scan as the engine does, on <paramref name="state"/>.</summary>
    public void Run(HeadMap map, float[] state, int planes, int source, float[] output) =>
        Run(DeltaScan.Run, map, state, planes, source, output, Thread);

    /// <summary>Runs a rung on a copy of the state and returns all planes and the outputs.</summary>
    public (float[] State, float[] Output) Run(
        Scan scan, HeadMap map = HeadMap.Grouped, Workers? threads = null, int planes = 1, int source = 0)
    {
        float[] state = InPlanes(planes, source), output = new float[Shape.ValueLength];
        Array.Fill(output, float.NaN);
        Run(scan, map, state, planes, source, output, threads ?? Thread);
        return (state, output);
    }

    /// <summary>The state in one of several planes, NaN in the others.</summary>
    public float[] InPlanes(int planes, int source)
    {
        var state = new float[planes * Shape.StateLength];
        Array.Fill(state, float.NaN);
        State.CopyTo(state, source * Shape.StateLength);
        return state;
    }

    /// <summary>The first tokens alone.</summary>
    public DeltaScanCase First(int tokens)
    {
        DeltaRuleShape shape = Shape with { Tokens = tokens };
        return new DeltaScanCase(
            shape, Q[..shape.KeyLength], K[..shape.KeyLength], V[..shape.ValueLength], G[..shape.GateLength],
            Beta[..shape.BetaLength], State);
    }

    /// <summary>What the reference makes of it: outputs, and as many planes as the buffer holds.</summary>
    public (T[] Output, T[] Planes) RunReference<T>(HeadMap map, int planes, Func<float, T> convert)
        where T : IFloatingPointIeee754<T>
    {
        T[] Convert(float[] values) => [.. values.Select(convert)];
        var output = new T[Shape.ValueLength];
        var snapshots = new T[planes * Shape.StateLength];
        DeltaRule.Run<T>(
            Shape, map, Convert(Q), Convert(K), Convert(V), Convert(G), Convert(Beta), Convert(State), output, snapshots);
        return (output, snapshots);
    }

    private void Run(Scan scan, HeadMap map, float[] state, int planes, int source, float[] output, Workers threads) =>
        scan(
            Shape, 1, map,
            new DeltaScanInput
            {
                Q = Q,
                K = K,
                V = V,
                Decay = Decay(),
                Beta = Beta,
                KeyStride = Shape.KeyHeads * Shape.KeyDim,
                ValueStride = Shape.ValueHeads * Shape.ValueDim,
            },
            state, planes, source, output, threads);
}
