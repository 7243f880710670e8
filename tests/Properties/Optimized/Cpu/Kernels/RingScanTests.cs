using System.Runtime.Intrinsics;
using Gdn.Optimized.Batching;
using Gdn.Optimized.Cpu.Kernels;
using Gdn.Optimized.Cpu.Simd;
using Gdn.Optimized.Cpu.Threading;
using Gdn.Reference.Operators;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu.Kernels;

/// <summary>The scan on a checkpoint and a ring, on vectors of every width that this machine has.</summary>
public class RingScanTests
{
    private const int Planes = 4;

    private static readonly (bool IsThere, int Width, Scan Scan)[] Rungs =
    [
        (Vector512.IsHardwareAccelerated, 16, RingScan.Run<Vector512<float>, Simd512>),
        (Vector256.IsHardwareAccelerated, 8, RingScan.Run<Vector256<float>, Simd256>),
        (Vector128.IsHardwareAccelerated, 4, RingScan.Run<Vector128<float>, Simd128>),
        (true, 1, RingScan.Run<float, SimdScalar>),
    ];

    private delegate void Scan(
        in DeltaRuleShape shape, ReadOnlySpan<ScanSegment> segments, ReadOnlySpan<SequenceRoute> routes, HeadMap map,
        in DeltaScanInput input, in RingStates states, Span<float> output, Workers workers);

    public static TheoryData<int, bool> WidthsAndGates
    {
        get
        {
            var cases = new TheoryData<int, bool>();
            foreach ((bool isThere, int width, _) in Rungs)
                foreach (bool perChannelGate in new[] { false, true })
                    if (isThere) cases.Add(width, perChannelGate);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_AnyLength_AgreesWithReference(int width, bool perChannelGate)
    {
        foreach (int length in new[] { 1, 3, 8, RingShape.MaxLength })
            foreach (int tokens in new[] { 1, 2, length, length + 1, 3 * length + 2 })
            {
                DeltaScanCase x = DeltaScanCase.Make(1, new DeltaRuleShape(tokens, 1, 2, 20, 36, perChannelGate));
                (float[] output, float[] state) = new Ring(x, length, width).Run([tokens]);
                (double[] exactOutput, double[] exactState) = x.RunReference<double>(HeadMap.Grouped, 1, value => value);
                (float[] roundedOutput, float[] roundedState) = x.RunReference<float>(HeadMap.Grouped, 1, value => value);
                Noise.AssertClose(exactOutput, roundedOutput, output, $"L {length}, T {tokens}: o");
                Noise.AssertClose(exactState, roundedState, state, $"L {length}, T {tokens}: state");
            }
    }

    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_TokensCutAnyWay_SameBits(int width, bool perChannelGate)
    {
        const int tokens = 19;
        DeltaScanCase x = DeltaScanCase.Make(2, new DeltaRuleShape(tokens, 2, 4, 20, 52, perChannelGate));
        foreach (int length in new[] { 1, 4, 7, 16 })
        {
            (float[] output, float[] state) = new Ring(x, length, width).Run([tokens]);
            foreach (int[] cut in (int[][])[[.. Enumerable.Repeat(1, tokens)], [1, 18], [18, 1], [4, 4, 4, 4, 3], [2, 7, 3, 7]])
            {
                (float[] other, float[] otherState) = new Ring(x, length, width).Run(cut);
                Assert.Equal(output, other);
                Assert.Equal(state, otherState);
            }
        }
    }

    // Drafts are run and taken back, across checkpoints too; nothing of them stays.
    [Theory]
    [MemberData(nameof(WidthsAndGates))]
    public void Run_TokensTakenBack_SameBitsAsNeverRun(int width, bool perChannelGate)
    {
        const int tokens = 23;
        DeltaScanCase x = DeltaScanCase.Make(3, new DeltaRuleShape(tokens, 1, 2, 20, 36, perChannelGate));
        for (int length = 1; length <= 5; length++)
        {
            (float[] output, float[] state) = new Ring(x, length, width).Run([tokens]);
            var ring = new Ring(x, length, width);
            for (int position = 0; position < tokens;)
            {
                int drafted = Math.Min(Planes, tokens - position), kept = 1 + position % drafted;
                ring.Run(position, drafted);
                position += kept;
            }

            Assert.Equal(output, ring.Output);
            Assert.Equal(state, ring.State(tokens));
        }
    }

    [Fact]
    public void Run_EntriesOfTwoCheckpoints_Refused()
    {
        DeltaScanCase x = DeltaScanCase.Make(4, new DeltaRuleShape(2, 1, 1, 4, 4, PerChannelGate: false));

        Assert.Throws<ArgumentException>(() => new Ring(x, length: 4, width: 0).Run(new RingRoute(2, 1), first: 0, count: 2));
    }

    // One sequence on slot 1 of 2; slot 0 is full of NaN.
    private sealed class Ring
    {
        private static readonly Workers Thread = new(1);
        private readonly DeltaScanCase _case;
        private readonly RingShape _ring;
        private readonly Scan _scan;
        private readonly float[] _checkpoints, _keys, _corrections, _decays;

        public Ring(DeltaScanCase @case, int length, int width)
        {
            (_case, _ring) = (@case, new RingShape(length, Planes));
            _scan = width == 0 ? RingScan.Run : Rungs.Single(rung => rung.Width == width).Scan;
            DeltaRuleShape shape = @case.Shape;
            _checkpoints = NaN(2 * _ring.Checkpoints * shape.StateLength);
            @case.State.CopyTo(_checkpoints, _ring.Checkpoints * shape.StateLength);
            _keys = NaN(2 * _ring.Entries * shape.KeyHeads * shape.KeyDim);
            _corrections = NaN(2 * _ring.Entries * shape.ValueHeads * shape.ValueDim);
            _decays = NaN(2 * _ring.Entries * shape.ValueHeads * Gates);
            Output = NaN(shape.ValueLength);
        }

        public float[] Output { get; }

        private int Gates => _case.Shape.PerChannelGate ? _case.Shape.KeyDim : 1;

        private RingStates States => new()
        {
            Shape = _ring,
            Flushed = _ring.Length,
            Checkpoints = _checkpoints,
            Keys = _keys,
            Corrections = _corrections,
            Decays = _decays,
        };

        public (float[] Output, float[] State) Run(int[] cut)
        {
            int position = 0;
            foreach (int count in cut)
            {
                Run(position, count);
                position += count;
            }

            return (Output, State(position));
        }

        public void Run(int position, int count) => Run(_ring.At(position), position, count);

        public void Run(RingRoute route, int first, int count)
        {
            DeltaRuleShape shape = _case.Shape;
            int keys = shape.KeyHeads * shape.KeyDim, values = shape.ValueHeads * shape.ValueDim, heads = shape.ValueHeads;
            var input = new DeltaScanInput
            {
                Q = _case.Q.AsSpan(first * keys, count * keys),
                K = _case.K.AsSpan(first * keys, count * keys),
                V = _case.V.AsSpan(first * values, count * values),
                Decay = _case.Decay().AsSpan(first * heads * Gates, count * heads * Gates),
                Beta = _case.Beta.AsSpan(first * heads, count * heads),
                KeyStride = keys,
                ValueStride = values,
            };
            _scan(
                shape, [new ScanSegment(0, count, 0)],
                [new SequenceRoute(Slot: 1, 0, 0, Resets: false, count, Planes: 0) { Ring = route }], HeadMap.Grouped, input,
                States, Output.AsSpan(first * values, count * values), Thread);
        }

        public float[] State(int position)
        {
            var state = new float[_case.Shape.StateLength];
            RingExpansion.Run(_case.Shape, HeadMap.Grouped, States, slot: 1, _ring.At(position), state);
            return state;
        }

        private static float[] NaN(int length) => [.. Enumerable.Repeat(float.NaN, length)];
    }
}
