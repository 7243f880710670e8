using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

public class DeltaScanTests
{
    private const int KeyHeads = 2, ValueHeads = 6, KeyDim = 19;

    private static DeltaScanCase Make(ulong seed, int tokens, int valueDim, bool perChannelGate) =>
        DeltaScanCase.Make(seed, new DeltaRuleShape(tokens, KeyHeads, ValueHeads, KeyDim, valueDim, perChannelGate));

    public static TheoryData<int, int, HeadMap, bool> Cases()
    {
        var cases = new TheoryData<int, int, HeadMap, bool>();
        foreach (HeadMap map in Enum.GetValues<HeadMap>())
            foreach (bool perChannelGate in new[] { false, true })
                // Narrower than a register, wider, and several registers with a rest.
                foreach (int valueDim in new[] { 5, 13, 44 })
                    foreach (int tokens in new[] { 1, 2, 3, 7, 19, 64 })
                        cases.Add(tokens, valueDim, map, perChannelGate);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyShape_AgreesWithReferenceInEveryPlane(int tokens, int valueDim, HeadMap map, bool perChannelGate)
    {
        const int planes = 3;
        DeltaScanCase x = Make(1, tokens, valueDim, perChannelGate);
        var output = new float[x.Shape.ValueLength];
        float[] state = x.InPlanes(planes, source: 1);
        x.Run(map, state, planes, source: 1, output);

        (double[] exactOutput, double[] exactPlanes) = x.RunReference<double>(map, planes, value => value);
        (float[] roundedOutput, float[] roundedPlanes) = x.RunReference<float>(map, planes, value => value);
        Noise.AssertClose(exactOutput, roundedOutput, output, "o");
        int written = Math.Min(tokens, planes) * x.Shape.StateLength;
        Noise.AssertClose(exactPlanes[..written], roundedPlanes[..written], state.AsSpan(0, written), "state");
        for (int plane = Math.Min(tokens, planes); plane < planes; plane++)
            if (plane != 1) Assert.All(state[(plane * x.Shape.StateLength)..((plane + 1) * x.Shape.StateLength)], entry => Assert.True(float.IsNaN(entry)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(6, 1)]
    [InlineData(6, 2)]
    [InlineData(6, 3)]
    [InlineData(20, 1)]
    [InlineData(20, 3)]
    public void Run_AnySourcePlane_SameBits(int tokens, int source)
    {
        const int planes = 4;
        DeltaScanCase x = Make(2, tokens, valueDim: 13, perChannelGate: false);
        float[] expected = [.. x.State], state = x.InPlanes(planes, source);
        float[] expectedOutput = new float[x.Shape.ValueLength], output = new float[x.Shape.ValueLength];
        x.Run(HeadMap.Tiled, expected, 1, 0, expectedOutput);
        x.Run(HeadMap.Tiled, state, planes, source, output);
        Assert.Equal(expectedOutput, output);
        Assert.Equal(expected, state[..x.Shape.StateLength]);
    }

    [Fact]
    public void Run_SeveralSequencesInOneStridedBuffer_SameBitsAsEachAlone()
    {
        const int sequences = 3;
        DeltaScanCase[] inputs = [.. Enumerable.Range(0, sequences).Select(s => Make(10 + (ulong)s, 19, 44, false))];
        DeltaRuleShape shape = inputs[0].Shape;
        int keys = KeyHeads * KeyDim, values = ValueHeads * 44, stride = 2 * keys + values;
        var qkv = new float[sequences * shape.Tokens * stride];
        for (int i = 0; i < sequences * shape.Tokens; i++)
        {
            (DeltaScanCase x, int t) = (inputs[i / shape.Tokens], i % shape.Tokens);
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
            Decay = inputs.SelectMany(x => x.Decay()).ToArray(),
            Beta = inputs.SelectMany(x => x.Beta).ToArray(),
            KeyStride = stride,
            ValueStride = stride,
        };
        using var threads = new Workers(2);
        DeltaScan.Run(shape, sequences, HeadMap.Grouped, input, state, 1, 0, output, threads);

        for (int s = 0; s < sequences; s++)
        {
            float[] expected = [.. inputs[s].State], expectedOutput = new float[shape.ValueLength];
            inputs[s].Run(HeadMap.Grouped, expected, 1, 0, expectedOutput);
            Assert.Equal(expectedOutput, output[(s * shape.ValueLength)..((s + 1) * shape.ValueLength)]);
            Assert.Equal(expected, state[(s * shape.StateLength)..((s + 1) * shape.StateLength)]);
        }
    }

    // Sequences of different lengths in one call, each on the state that its segment names: the bits of a call of its own.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_Segments_EachAsOnItsOwn(int threads)
    {
        const int planes = 3, valueDim = 20;
        int[] lengths = [3, 1, 11, 2], rows = [2, 0, 3, 1];
        DeltaScanCase[] inputs =
            [.. lengths.Select((length, s) => Make((ulong)(50 + s), length, valueDim, perChannelGate: true))];
        DeltaRuleShape shape = inputs[0].Shape;
        float[][] expected = new float[lengths.Length][], expectedOutput = new float[lengths.Length][];
        var state = new float[lengths.Length * planes * shape.StateLength];
        for (int s = 0; s < lengths.Length; s++)
        {
            expected[s] = inputs[s].InPlanes(planes, source: 1);
            expected[s].CopyTo(state, rows[s] * expected[s].Length);
            expectedOutput[s] = new float[inputs[s].Shape.ValueLength];
            inputs[s].Run(HeadMap.Tiled, expected[s], planes, source: 1, expectedOutput[s]);
        }

        var output = new float[expectedOutput.Sum(part => part.Length)];
        ScanSegment[] segments =
            [.. lengths.Select((length, s) => new ScanSegment(lengths[..s].Sum(), length, rows[s]))];
        Run(segments);

        Assert.Equal(expectedOutput.SelectMany(part => part), output);
        for (int s = 0; s < lengths.Length; s++)
            Assert.Equal(expected[s], state[(rows[s] * expected[s].Length)..((rows[s] + 1) * expected[s].Length)]);
        foreach (ScanSegment wrong in (ScanSegment[])[new(-1, 2, 0), new(16, 2, 0), new(0, 0, 0), new(0, 1, 4)])
            Assert.Throws<ArgumentException>(() => Run([wrong, .. segments[1..]]));

        void Run(ScanSegment[] all)
        {
            var input = new DeltaScanInput
            {
                Q = inputs.SelectMany(x => x.Q).ToArray(),
                K = inputs.SelectMany(x => x.K).ToArray(),
                V = inputs.SelectMany(x => x.V).ToArray(),
                Decay = inputs.SelectMany(x => x.Decay()).ToArray(),
                Beta = inputs.SelectMany(x => x.Beta).ToArray(),
                KeyStride = KeyHeads * KeyDim,
                ValueStride = ValueHeads * valueDim,
            };
            using var workers = new Workers(threads);
            DeltaScan.Run(shape, all, HeadMap.Tiled, input, state, planes, source: 1, output, workers);
        }
    }

    // Columns never meet, so the width of the block that a column falls into must not show in its bits.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ColumnByColumn_SameBitsAsInBlocks(bool perChannelGate)
    {
        DeltaScanCase x = Make(3, tokens: 5, valueDim: 44, perChannelGate);
        float[] state = [.. x.State], output = new float[x.Shape.ValueLength];
        x.Run(HeadMap.Tiled, state, 1, 0, output);
        for (int column = 0; column < 44; column++)
        {
            DeltaScanCase one = x with
            {
                Shape = x.Shape with { ValueDim = 1 },
                V = Column(x.V, column),
                State = Column(x.State, column),
            };
            float[] columnState = [.. one.State], columnOutput = new float[one.Shape.ValueLength];
            one.Run(HeadMap.Tiled, columnState, 1, 0, columnOutput);
            Assert.Equal(Column(state, column), columnState);
            Assert.Equal(Column(output, column), columnOutput);
        }

        static float[] Column(float[] matrix, int column) =>
            [.. Enumerable.Range(0, matrix.Length / 44).Select(row => matrix[row * 44 + column])];
    }

    [Fact]
    public void Run_MismatchedLengths_Throws()
    {
        DeltaScanCase x = Make(4, tokens: 2, valueDim: 5, perChannelGate: false);
        var output = new float[x.Shape.ValueLength];
        Assert.Throws<ArgumentException>(() => x.Run(HeadMap.Tiled, x.State[1..], 1, 0, output));
        Assert.Throws<ArgumentException>(() => x.Run(HeadMap.Tiled, x.State, 1, 0, output[1..]));
        Assert.Throws<ArgumentException>(() => (x with { K = x.K[1..] }).Run(HeadMap.Tiled, x.State, 1, 0, output));
        Assert.Throws<ArgumentException>(() => (x with { Beta = x.Beta[1..] }).Run(HeadMap.Tiled, x.State, 1, 0, output));
        DeltaScanCase tall = DeltaScanCase.Make(4, new DeltaRuleShape(1, 1, 1, DeltaScan.MaxKeyDim + 1, 1));
        Assert.Throws<ArgumentException>(() => tall.Run(HeadMap.Tiled, tall.State, 1, 0, new float[1]));
        DeltaScanCase wide = DeltaScanCase.Make(4, new DeltaRuleShape(1, 1, 1, 1, DeltaScan.MaxValueDim + 1));
        Assert.Throws<ArgumentException>(() => wide.Run(HeadMap.Tiled, wide.State, 1, 0, new float[wide.Shape.ValueLength]));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Run(HeadMap.Tiled, x.State, 1, 1, output));
    }
}
