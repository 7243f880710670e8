using Gdn.Harness;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Kernels;

public class DeltaScanTests
{
    private const int KeyHeads = 2, ValueHeads = 6, KeyDim = 19;

    private sealed record Inputs(
        DeltaRuleShape Shape, float[] Q, float[] K, float[] V, float[] G, float[] Beta, float[] State);

    // One sequence with unit keys that resemble each other, slow gates and a large state: what finds real bugs.
    private static Inputs Make(ulong seed, int tokens, int valueDim, bool perChannelGate)
    {
        var random = new SeededRandom(seed);
        var shape = new DeltaRuleShape(tokens, KeyHeads, ValueHeads, KeyDim, valueDim, perChannelGate);
        float[] q = Noise.Gaussian(random, shape.KeyLength), k = Noise.Gaussian(random, shape.KeyLength, 0.1);
        for (int i = 0; i < k.Length; i++) k[i] += i % KeyDim % 3 - 1;
        Gdn.Reference.Operators.L2Norm.Run<float>(q, KeyDim, 1e-6f);
        Gdn.Reference.Operators.L2Norm.Run<float>(k, KeyDim, 1e-6f);
        float[] g = Noise.Uniform(random, shape.GateLength, -8, -1);
        for (int i = 0; i < g.Length; i++) g[i] = -MathF.Exp(g[i]);
        float[] beta = Noise.Uniform(random, shape.BetaLength, 0, 1);
        beta[0] = 0;
        beta[^1] = 1;
        return new Inputs(
            shape, q, k, Noise.Gaussian(random, shape.ValueLength), g, beta,
            Noise.Gaussian(random, shape.StateLength, 10));
    }

    public static TheoryData<int, int, HeadMap, bool> Cases()
    {
        var cases = new TheoryData<int, int, HeadMap, bool>();
        foreach (HeadMap map in Enum.GetValues<HeadMap>())
            foreach (bool perChannelGate in new[] { false, true })
                // Single columns; one vector and columns; a block, a vector and columns.
                foreach (int valueDim in new[] { 5, 13, 44 })
                    foreach (int tokens in new[] { 1, 2, 3, 7, 64 })
                        cases.Add(tokens, valueDim, map, perChannelGate);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyShape_AgreesWithReferenceInEveryPlane(int tokens, int valueDim, HeadMap map, bool perChannelGate)
    {
        const int planes = 3;
        Inputs x = Make(1, tokens, valueDim, perChannelGate);
        var output = new float[x.Shape.ValueLength];
        float[] state = Planes(x, planes, source: 1);
        Scan(x, map, state, planes, source: 1, output);

        (double[] exactOutput, double[] exactPlanes) = RunReference<double>(x, map, planes, value => value);
        (float[] roundedOutput, float[] roundedPlanes) = RunReference<float>(x, map, planes, value => value);
        Noise.AssertClose(exactOutput, roundedOutput, output, "o");
        int written = Math.Min(tokens, planes) * x.Shape.StateLength;
        Noise.AssertClose(exactPlanes[..written], roundedPlanes[..written], state.AsSpan(0, written), "state");
        for (int plane = Math.Min(tokens, planes); plane < planes; plane++)
            if (plane != 1) Assert.All(state[(plane * x.Shape.StateLength)..((plane + 1) * x.Shape.StateLength)], entry => Assert.True(float.IsNaN(entry)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_AnySourcePlane_SameBits(int source)
    {
        const int planes = 4;
        Inputs x = Make(2, tokens: 6, valueDim: 13, perChannelGate: false);
        float[] expected = [.. x.State], state = Planes(x, planes, source);
        float[] expectedOutput = new float[x.Shape.ValueLength], output = new float[x.Shape.ValueLength];
        Scan(x, HeadMap.Tiled, expected, 1, 0, expectedOutput);
        Scan(x, HeadMap.Tiled, state, planes, source, output);
        Assert.Equal(expectedOutput, output);
        Assert.Equal(expected, state[..x.Shape.StateLength]);
    }

    [Fact]
    public void Run_SeveralSequencesInOneStridedBuffer_SameBitsAsEachAlone()
    {
        const int sequences = 3;
        Inputs[] inputs = [.. Enumerable.Range(0, sequences).Select(s => Make(10 + (ulong)s, 4, 44, false))];
        DeltaRuleShape shape = inputs[0].Shape;
        int keys = KeyHeads * KeyDim, values = ValueHeads * 44, stride = 2 * keys + values;
        var qkv = new float[sequences * shape.Tokens * stride];
        for (int i = 0; i < sequences * shape.Tokens; i++)
        {
            (Inputs x, int t) = (inputs[i / shape.Tokens], i % shape.Tokens);
            x.Q.AsSpan(t * keys, keys).CopyTo(qkv.AsSpan(i * stride));
            x.K.AsSpan(t * keys, keys).CopyTo(qkv.AsSpan(i * stride + keys));
            x.V.AsSpan(t * values, values).CopyTo(qkv.AsSpan(i * stride + 2 * keys));
        }

        float[] state = [.. inputs.SelectMany(x => x.State)], output = new float[sequences * shape.ValueLength];
        var input = new DeltaScanInput
        {
            Q = qkv,
            K = qkv.AsSpan(keys),
            V = qkv.AsSpan(2 * keys),
            Decay = inputs.SelectMany(x => Decay(x)).ToArray(),
            Beta = inputs.SelectMany(x => x.Beta).ToArray(),
            KeyStride = stride,
            ValueStride = stride,
        };
        DeltaScan.Run(shape, sequences, HeadMap.Grouped, input, state, 1, 0, output);

        for (int s = 0; s < sequences; s++)
        {
            float[] expected = [.. inputs[s].State], expectedOutput = new float[shape.ValueLength];
            Scan(inputs[s], HeadMap.Grouped, expected, 1, 0, expectedOutput);
            Assert.Equal(expectedOutput, output[(s * shape.ValueLength)..((s + 1) * shape.ValueLength)]);
            Assert.Equal(expected, state[(s * shape.StateLength)..((s + 1) * shape.StateLength)]);
        }
    }

    // Columns never meet, so the width of the block that a column falls into must not show in its bits.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ColumnByColumn_SameBitsAsInBlocks(bool perChannelGate)
    {
        Inputs x = Make(3, tokens: 5, valueDim: 44, perChannelGate);
        float[] state = [.. x.State], output = new float[x.Shape.ValueLength];
        Scan(x, HeadMap.Tiled, state, 1, 0, output);
        for (int column = 0; column < 44; column++)
        {
            Inputs one = x with
            {
                Shape = x.Shape with { ValueDim = 1 },
                V = Column(x.V, column),
                State = Column(x.State, column),
            };
            float[] columnState = [.. one.State], columnOutput = new float[one.Shape.ValueLength];
            Scan(one, HeadMap.Tiled, columnState, 1, 0, columnOutput);
            Assert.Equal(Column(state, column), columnState);
            Assert.Equal(Column(output, column), columnOutput);
        }

        static float[] Column(float[] matrix, int column) =>
            [.. Enumerable.Range(0, matrix.Length / 44).Select(row => matrix[row * 44 + column])];
    }

    [Fact]
    public void Run_MismatchedLengths_Throws()
    {
        Inputs x = Make(4, tokens: 2, valueDim: 5, perChannelGate: false);
        var output = new float[x.Shape.ValueLength];
        Assert.Throws<ArgumentException>(() => Scan(x, HeadMap.Tiled, x.State[1..], 1, 0, output));
        Assert.Throws<ArgumentException>(() => Scan(x, HeadMap.Tiled, x.State, 1, 0, output[1..]));
        Assert.Throws<ArgumentException>(() => Scan(x with { K = x.K[1..] }, HeadMap.Tiled, x.State, 1, 0, output));
        Assert.Throws<ArgumentException>(() => Scan(x with { Beta = x.Beta[1..] }, HeadMap.Tiled, x.State, 1, 0, output));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scan(x, HeadMap.Tiled, x.State, 1, 1, output));
    }

    private static void Scan(Inputs x, HeadMap map, float[] state, int planes, int source, float[] output) =>
        DeltaScan.Run(
            x.Shape, 1, map,
            new DeltaScanInput
            {
                Q = x.Q,
                K = x.K,
                V = x.V,
                Decay = Decay(x),
                Beta = x.Beta,
                KeyStride = KeyHeads * KeyDim,
                ValueStride = ValueHeads * x.Shape.ValueDim,
            },
            state, planes, source, output);

    private static float[] Decay(Inputs x) => Array.ConvertAll(x.G, MathF.Exp);

    // NaN in every plane but the source.
    private static float[] Planes(Inputs x, int planes, int source)
    {
        var state = new float[planes * x.Shape.StateLength];
        Array.Fill(state, float.NaN);
        x.State.CopyTo(state, source * x.Shape.StateLength);
        return state;
    }

    private static (T[] Output, T[] Planes) RunReference<T>(Inputs x, HeadMap map, int planes, Func<float, T> convert)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        T[] Convert(float[] values) => [.. values.Select(convert)];
        var output = new T[x.Shape.ValueLength];
        var snapshots = new T[planes * x.Shape.StateLength];
        DeltaRule.Run<T>(
            x.Shape, map, Convert(x.Q), Convert(x.K), Convert(x.V), Convert(x.G), Convert(x.Beta), Convert(x.State),
            output, snapshots);
        return (output, snapshots);
    }
}
