using System.Runtime.CompilerServices;
using Gdn.Harness;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

/// <summary>The delta scan on vectors of every width that this machine has, whichever of them it would choose.</summary>
public class DeltaScanRungTests
{
    // Blocks have eight tokens, or four: every remainder, and two blocks and two tokens.
    private static readonly int[] Tokens = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 18];

    public static TheoryData<int> Widths => [.. DeltaScanCase.Rungs.Keys];

    public static TheoryData<int, bool> WidthsAndGates
    {
        get
        {
            var cases = new TheoryData<int, bool>();
            foreach (int width in DeltaScanCase.Rungs.Keys)
                foreach (bool perChannelGate in new[] { false, true }) cases.Add(width, perChannelGate);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_TokensAroundBlocks_AgreesWithReference(int width, bool perChannelGate)
    {
        foreach (int tokens in Tokens)
            AssertAgrees(
                DeltaScanCase.Make(1, new DeltaRuleShape(tokens, 1, 2, 20, 36, perChannelGate)), width, $"T {tokens}");
    }

    // A state of more than 64 Ki entries takes several passes.
    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_AnyHeadDimensions_AgreesWithReference(int width, bool perChannelGate)
    {
        foreach ((int keyDim, int valueDim) in new[]
            { (16, 16), (16, 256), (32, 64), (64, 32), (80, 96), (128, 128), (256, 16), (256, 300) })
            AssertAgrees(
                DeltaScanCase.Make(2, new DeltaRuleShape(9, 1, 2, keyDim, valueDim, perChannelGate)), width,
                $"K {keyDim}, V {valueDim}");
    }

    // Keys are unit vectors, decays 0 or 1, betas halves, everything else small integers: no rounding anywhere.
    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_IntegerValues_Exact(int width, bool perChannelGate)
    {
        var random = new SeededRandom(3);
        foreach (int keyDim in new[] { 1, 4, 16 })
            foreach (int valueDim in new[] { 1, 52 })
                foreach (int tokens in Tokens)
                    AssertExact(random, new DeltaRuleShape(tokens, 2, 4, keyDim, valueDim, perChannelGate), width);
    }

    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_AnyNumberOfThreads_SameBits(int width, bool perChannelGate)
    {
        foreach (HeadMap map in Enum.GetValues<HeadMap>())
            foreach (int tokens in new[] { 1, 3, 8, 21 })
            {
                // Three key heads: with four threads, value heads no longer run together.
                DeltaScanCase x = DeltaScanCase.Make(4, new DeltaRuleShape(tokens, 3, 6, 32, 48, perChannelGate));
                (float[] State, float[] Output) expected = x.Run(DeltaScanCase.Rungs[width], map);
                for (int threads = 2; threads <= 4; threads++)
                {
                    using var pool = new Workers(threads);
                    (float[] state, float[] output) = x.Run(DeltaScanCase.Rungs[width], map, pool);
                    Assert.Equal(expected.Output, output);
                    Assert.Equal(expected.State, state);
                }
            }
    }

    // What rolling back relies on: a state remembered on the way is the one in which a shorter run ends.
    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_MoreTokens_TokensBeforeThemAndTheirStatesKeepTheirBits(int width, bool perChannelGate)
    {
        const int tokens = 18, planes = 11;
        DeltaScanCase x = DeltaScanCase.Make(8, new DeltaRuleShape(tokens, 1, 2, 20, 36, perChannelGate));
        for (int source = 0; source < planes; source += 3)
        {
            (float[] states, float[] output) = x.Run(DeltaScanCase.Rungs[width], planes: planes, source: source);
            for (int count = 1; count <= tokens; count++)
            {
                (float[] state, float[] shorter) = x.First(count).Run(DeltaScanCase.Rungs[width]);
                Assert.Equal(shorter, output[..shorter.Length]);
                int plane = tokens - count;
                if (plane < planes) Assert.Equal(state, states[(plane * state.Length)..((plane + 1) * state.Length)]);
            }
        }
    }

    // A block holds all its tokens' inputs from the start; what comes later must not reach back.
    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_TokenOfNaN_TokensBeforeItKeepTheirBits(int width, bool perChannelGate)
    {
        const int tokens = 12;
        DeltaScanCase x = DeltaScanCase.Make(5, new DeltaRuleShape(tokens, 1, 2, 20, 36, perChannelGate));
        (_, float[] clean) = x.Run(DeltaScanCase.Rungs[width]);
        for (int poisoned = 0; poisoned < tokens; poisoned++)
        {
            DeltaScanCase y = x with
            {
                Q = Poisoned(x.Q, poisoned),
                K = Poisoned(x.K, poisoned),
                V = Poisoned(x.V, poisoned),
                G = Poisoned(x.G, poisoned),
                Beta = Poisoned(x.Beta, poisoned),
            };
            (_, float[] output) = y.Run(DeltaScanCase.Rungs[width]);
            int before = poisoned * x.Shape.ValueLength / tokens;
            Assert.Equal(clean[..before], output[..before]);
            Assert.All(output[before..], value => Assert.True(float.IsNaN(value)));
        }

        static float[] Poisoned(float[] values, int token)
        {
            float[] copy = [.. values];
            int row = values.Length / tokens;
            copy.AsSpan(token * row, row).Fill(float.NaN);
            return copy;
        }
    }

    // Scratch is on the stack, as whoever used it last has left it.
    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_ScratchFullOfNaN_SameBits(int width, bool perChannelGate)
    {
        foreach (int tokens in new[] { 1, 5, 10 })
        {
            DeltaScanCase x = DeltaScanCase.Make(6, new DeltaRuleShape(tokens, 1, 2, 20, 36, perChannelGate));
            (float[] State, float[] Output) expected = x.Run(DeltaScanCase.Rungs[width]);
            FillStack();
            (float[] state, float[] output) = x.Run(DeltaScanCase.Rungs[width]);
            Assert.Equal(expected.Output, output);
            Assert.Equal(expected.State, state);
        }
    }

    // Fast gates: products of decays underflow within a block, and their quotients would be 0 / 0.
    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_FastGates_AgreesWithReference(int width)
    {
        foreach (bool perChannelGate in new[] { false, true })
        {
            DeltaScanCase x = DeltaScanCase.Make(7, new DeltaRuleShape(18, 1, 2, 20, 36, perChannelGate));
            AssertAgrees(x with { G = [.. x.G.Select((_, i) => i % 3 == 0 ? -60f : -20f)] }, width, "fast gates");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FillStack()
    {
        Span<float> used = stackalloc float[150_000];
        used.Fill(float.NaN);
    }

    private static void AssertExact(SeededRandom random, DeltaRuleShape shape, int width)
    {
        var k = new float[shape.KeyLength];
        for (int row = 0; row < k.Length; row += shape.KeyDim) k[row + random.Next(Math.Min(4, shape.KeyDim))] = 1;
        var x = new DeltaScanCase(
            shape, Noise.Integers(random, shape.KeyLength), k, Noise.Integers(random, shape.ValueLength),
            [.. Enumerable.Range(0, shape.GateLength).Select(_ => random.Next(4) == 0 ? float.NegativeInfinity : 0)],
            [.. Enumerable.Range(0, shape.BetaLength).Select(_ => random.Next(3) / 2f)],
            Noise.Integers(random, shape.StateLength));
        (float[] state, float[] output) = x.Run(DeltaScanCase.Rungs[width]);
        (double[] exactOutput, double[] exactState) = x.RunReference<double>(HeadMap.Grouped, 1, value => value);
        Assert.Equal(exactOutput, Noise.Widen(output));
        Assert.Equal(exactState, Noise.Widen(state));
    }

    private static void AssertAgrees(DeltaScanCase x, int width, string where)
    {
        (float[] state, float[] output) = x.Run(DeltaScanCase.Rungs[width]);
        (double[] exactOutput, double[] exactState) = x.RunReference<double>(HeadMap.Grouped, 1, value => value);
        (float[] roundedOutput, float[] roundedState) = x.RunReference<float>(HeadMap.Grouped, 1, value => value);
        Noise.AssertClose(exactOutput, roundedOutput, output, $"width {width}, {where}: o");
        Noise.AssertClose(exactState, roundedState, state, $"width {width}, {where}: state");
    }
}
