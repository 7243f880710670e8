using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Gdn.Properties.Support;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Reference.Operators;

[Properties(Arbitrary = [typeof(DeltaRuleCases)], MaxTest = 300)]
public class DeltaRuleTests
{
    [Fact]
    public void Run_TwoTokens_WorkedByHand()
    {
        var shape = new DeltaRuleShape(Tokens: 2, KeyHeads: 1, ValueHeads: 1, KeyDim: 4, ValueDim: 2);
        var state = new double[8];
        var output = new double[4];
        DeltaRule.Run<double>(
            shape, HeadMap.Tiled,
            q: [2, 0, 0, 0, 1, 2, 3, 4],
            k: [.5, .5, .5, .5, .5, .5, .5, -.5],
            v: [4, -8, 5, 2],
            g: [0, -Math.Log(2)],
            beta: [1, .5],
            state, output);

        // Token 1: nothing to recall, delta = (4, -8), every row of S becomes (2, -4); o = 2 (2, -4) / 2.
        // Token 2: rows halve to (1, -2) and recall (1, -2); delta = ((5, 2) - (1, -2)) / 2 = (2, 2); the first
        // three rows gain (1, 1) and the last loses it; o = (1 + 2 + 3) (2, -1) / 2 + 4 (0, -3) / 2.
        Expect.Near("state", [4, 2], [2, -1, 2, -1, 2, -1, 0, -3], state, 1e-15);
        Expect.Near("output", [2, 2], [2, -4, 6, -9], output, 1e-14);
    }

    [Theory]
    [InlineData(HeadMap.Tiled, new[] { 10.0, 400, 30, 800 })]
    [InlineData(HeadMap.Grouped, new[] { 10.0, 20, 600, 800 })]
    public void Run_MoreValueHeads_ReadTheirKeyHead(HeadMap map, double[] expected)
    {
        // From a zero state with beta = 1, head h puts out (q . k) v / sqrt(K) = q . k * v / 2 of its key head:
        // 10 v for key head 0, 200 v for key head 1.
        var shape = new DeltaRuleShape(Tokens: 1, KeyHeads: 2, ValueHeads: 4, KeyDim: 4, ValueDim: 1);
        var output = new double[4];
        DeltaRule.Run<double>(
            shape, map,
            q: [20, 0, 0, 0, 0, 400, 0, 0], k: [1, 0, 0, 0, 0, 1, 0, 0], v: [1, 2, 3, 4],
            g: new double[4], beta: [1, 1, 1, 1], new double[16], output);

        Expect.SameBits<double>("output", [4], expected, output);
    }

    [Fact]
    public void Run_GatePerChannel_DecaysEachRowByItsOwn()
    {
        var shape = new DeltaRuleShape(1, 1, 1, KeyDim: 3, ValueDim: 2, PerChannelGate: true);
        double[] state = [1, 2, 3, 4, 5, 6];
        DeltaRule.Run<double>(
            shape, HeadMap.Tiled, q: [1, 0, 0], k: [1, 0, 0], v: [7, 8],
            g: [0, -1, -2], beta: [0], state, new double[2]);

        Expect.Near(
            "state", [3, 2], [1, 2, 3 * Math.Exp(-1), 4 * Math.Exp(-1), 5 * Math.Exp(-2), 6 * Math.Exp(-2)], state, 1e-15);
    }

    [Property]
    public void Run_NoGateNoBeta_LeavesState(DeltaRuleCase c)
    {
        DeltaRuleInputs<double> inputs = (c with { Gates = GateRegime.Zero, Betas = BetaRegime.Zero }).Make();

        Expect.SameBits<double>("state", StateAxes(c.Shape), inputs.State, inputs.Run().State);
    }

    [Property]
    public void Run_FullWrite_IsRecalled(DeltaRuleCase c)
    {
        // With beta = 1 and a unit key the state maps the key to the value just written: S^T k = v. Reading with
        // q = k shows it, up to 1 - |k|^2 (of the size of a float's rounding, since keys are floats) times |v - S^T k|.
        DeltaRuleInputs<double> inputs = (c with { Betas = BetaRegime.One }).Make();
        inputs = inputs with { Q = inputs.K };

        double[] recalled = [.. inputs.Run().Output.Select(x => x * Math.Sqrt(c.Shape.KeyDim))];

        Expect.Near("recalled", OutputAxes(c.Shape), inputs.V, recalled, 1e-6 * inputs.StateNorms().Max());
    }

    [Property]
    public void Run_VeryNegativeGate_ForgetsState(DeltaRuleCase c)
    {
        DeltaRuleInputs<double> inputs = (c with { Betas = BetaRegime.One }).Make();
        inputs = inputs with { G = [.. inputs.G.Select(_ => -1000.0)] };
        if (c.Shape.Tokens == 0) return;

        (double[] output, double[] state) = inputs.Run();
        (double[] freshOutput, double[] freshState) = (inputs with { State = new double[inputs.State.Length] }).Run();

        Expect.SameBits<double>("output", OutputAxes(c.Shape), freshOutput, output);
        Expect.SameBits<double>("state", StateAxes(c.Shape), freshState, state);
    }

    [Property]
    public void Run_AnySplit_SameBits(DeltaRuleCase c, PositiveInt longest)
    {
        DeltaRuleInputs<double> inputs = c.Make();
        (double[] output, double[] state) = inputs.Run();

        foreach (int limit in new[] { 1, longest.Get })
        {
            (double[] splitOutput, double[] splitState) = RunInParts(inputs, limit, new Random(c.Seed));
            Expect.SameBits<double>($"output in parts of <= {limit}", OutputAxes(c.Shape), output, splitOutput);
            Expect.SameBits<double>($"state in parts of <= {limit}", StateAxes(c.Shape), state, splitState);
        }
    }

    [Property]
    public void Run_Snapshots_NewestFirst(DeltaRuleCase c, NonNegativeInt extra)
    {
        // Any number of planes from none to more than there are tokens; the rest keeps its NaN.
        DeltaRuleInputs<double> inputs = c.Make();
        int planes = extra.Get % (c.Shape.Tokens + 4);
        var snapshots = new double[planes * c.Shape.StateLength];
        Array.Fill(snapshots, double.NaN);
        inputs.Run(snapshots);

        for (int plane = 0; plane < planes; plane++)
        {
            double[] expected = new double[c.Shape.StateLength];
            Array.Fill(expected, double.NaN);
            if (plane < c.Shape.Tokens) expected = inputs.Slice(0, c.Shape.Tokens - plane, inputs.State).Run().State;
            Expect.SameBits<double>(
                $"plane {plane} of {planes}", StateAxes(c.Shape), expected,
                snapshots.AsSpan(plane * c.Shape.StateLength, c.Shape.StateLength));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Run_WrongLength_Throws(int buffer)
    {
        var shape = new DeltaRuleShape(3, 2, 4, 5, 7);
        int[] lengths =
        [
            shape.KeyLength, shape.KeyLength, shape.ValueLength, shape.GateLength, shape.BetaLength, shape.StateLength,
            shape.ValueLength, shape.StateLength,
        ];
        lengths[buffer]++;
        double[][] b = [.. lengths.Select(length => new double[length])];

        Assert.ThrowsAny<ArgumentException>(
            () => DeltaRule.Run<double>(shape, HeadMap.Tiled, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]));
        if (buffer < 7)
            Assert.ThrowsAny<ArgumentException>(
                () => ChunkedDeltaRule.Run(shape, HeadMap.Tiled, 2, b[0], b[1], b[2], b[3], b[4], b[5], b[6]));
    }

    [Theory]
    [InlineData(-1, 1, 1, 1, 1)]
    [InlineData(1, 0, 1, 1, 1)]
    [InlineData(1, 1, 0, 1, 1)]
    [InlineData(1, 1, 1, 0, 1)]
    [InlineData(1, 1, 1, 1, 0)]
    [InlineData(1, 2, 3, 1, 1)]
    public void Run_ImpossibleShape_Throws(int tokens, int keyHeads, int valueHeads, int keyDim, int valueDim)
    {
        var shape = new DeltaRuleShape(tokens, keyHeads, valueHeads, keyDim, valueDim);

        Assert.ThrowsAny<ArgumentException>(() => shape.Validate(0, 0, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void Cases_Sample_ReachesEveryClass()
    {
        DeltaRuleCase[] sample = [.. DeltaRuleCases.Any().Generator.Sample(2000, 50)];

        Assert.Equal(Enum.GetValues<KeyRegime>().Length, sample.Select(c => c.Keys).Distinct().Count());
        Assert.Equal(Enum.GetValues<GateRegime>().Length, sample.Select(c => c.Gates).Distinct().Count());
        Assert.Equal(Enum.GetValues<BetaRegime>().Length, sample.Select(c => c.Betas).Distinct().Count());
        Assert.Equal(4, sample.Select(c => (c.Map, c.Shape.PerChannelGate)).Distinct().Count());
        Assert.Contains(sample, c => c.Shape.Tokens > c.Chunk && c.Shape.Tokens % c.Chunk == 1);
        Assert.Contains(sample, c => c.Shape.Tokens == 2 * c.Chunk + 2 && c.Chunk > 32 && c.StateSize > 1);
        Assert.Contains(sample, c => c.Shape.KeyHeads > 1 && c.Shape.ValueHeads > c.Shape.KeyHeads);
        Assert.All(sample, c => Assert.NotEqual(c.Shape.KeyDim, c.Shape.ValueDim));
    }

    private static (double[] Output, double[] State) RunInParts(DeltaRuleInputs<double> inputs, int limit, Random random)
    {
        var output = new List<double>();
        double[] state = inputs.State;
        for (int start = 0; start < inputs.Shape.Tokens;)
        {
            int count = Math.Min(random.Next(1, limit + 1), inputs.Shape.Tokens - start);
            (double[] part, state) = inputs.Slice(start, count, state).Run();
            output.AddRange(part);
            start += count;
        }

        return ([.. output], state);
    }

    private static int[] StateAxes(DeltaRuleShape s) => [s.ValueHeads, s.KeyDim, s.ValueDim];

    private static int[] OutputAxes(DeltaRuleShape s) => [s.Tokens, s.ValueHeads, s.ValueDim];
}
