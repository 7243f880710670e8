using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// An honest kernel of a given precision, emulated: the reference in single precision, with inputs rounded once to
/// their format, the state rounded to its format at the end of each chunk, and decays off by what rounding the
/// argument of exp does to them. The errors it makes on a case are those that a correct kernel may make.
/// </summary>
/// <param name="precision">Formats to compute with, and declared. Arithmetic coarser than F32 is not emulated.</param>
/// <param name="other">Another such kernel: decays err in another pattern, and inputs are changed in their last place, at random,
/// as roundings elsewhere would.</param>
public sealed class EmulatedKernelEngine(KernelPrecision precision, bool other = false) : IKernelEngine
{
    private readonly double[] _gateErrors = other ? [2.5, -1.25, -1.25] : [1.25, 2.5, -1.25, -2.5];

    /// <inheritdoc/>
    public string Name => "emulated";

    /// <inheritdoc/>
    public KernelPrecision Precision => precision;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) => true;

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        float[] q = Rounded(call.Q), k = Rounded(call.K), v = Rounded(call.V), g = Gates(shape.Rule, call.G);
        for (int n = 0; n < shape.Sequences; n++)
        {
            Span<float> state = call.Pool.Slice(call.Rows[n] * shape.Rule.StateLength, shape.Rule.StateLength);
            Round(state, precision.State);
            // A state that is not rounded between chunks needs no stop there.
            int step = precision.State > KernelPrecision.F32 ? precision.Chunk : shape.Rule.Tokens;
            for (int start = 0; start < shape.Rule.Tokens; start += step)
                RunTokens(call, q, k, v, g, n, start, Math.Min(step, shape.Rule.Tokens - start), state);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    // Tokens start .. start + count - 1 of sequence n.
    private void RunTokens(
        in KernelCall call, float[] q, float[] k, float[] v, float[] g, int n, int start, int count, Span<float> state)
    {
        KernelShape shape = call.Shape;
        int stateLength = shape.Rule.StateLength;
        (DeltaRuleShape rule, DeltaRuleShape token) = (shape.Rule with { Tokens = count }, shape.Rule with { Tokens = 1 });
        int first = n * shape.Rule.Tokens + start;
        int newestPlane = shape.Rule.Tokens - start - count;
        int planes = Math.Clamp(shape.FilledPlanes - newestPlane, 0, count);
        var snapshots = new float[planes * stateLength];

        DeltaRule.Run(
            rule, shape.HeadMap,
            q.AsSpan(first * token.KeyLength, rule.KeyLength), k.AsSpan(first * token.KeyLength, rule.KeyLength),
            v.AsSpan(first * token.ValueLength, rule.ValueLength), g.AsSpan(first * token.GateLength, rule.GateLength),
            call.Beta.Slice(first * token.BetaLength, rule.BetaLength), state,
            call.Output.Slice(first * token.ValueLength, rule.ValueLength), snapshots.AsSpan());

        Round(state, precision.State);
        for (int plane = 0; plane < planes; plane++)
        {
            ReadOnlySpan<float> source = plane == 0 ? state : snapshots.AsSpan(plane * stateLength, stateLength);
            source.CopyTo(call.Snapshots[(((newestPlane + plane) * shape.Sequences + n) * stateLength)..]);
        }
    }

    // Kernels compute e^g as a power of two, to an ulp or two, and chunked ones from differences of running sums: a
    // decay is off by about u (|b| + 2), b the sum since the chunk's start. Over a chunk such errors do not add up, and
    // between near tokens they do not cancel; nor do these multiples over a few tokens, at least in one of two kernels.
    private float[] Gates(in DeltaRuleShape rule, ReadOnlySpan<float> gates)
    {
        float[] result = gates.ToArray();
        int row = rule.GateLength / rule.Tokens;
        for (int i = 0; i < row; i++)
        {
            double sum = 0;
            for (int token = 0; token < result.Length / row; token++)
            {
                int position = token % rule.Tokens;
                ref float gate = ref result[token * row + i];
                sum = position % precision.Chunk == 0 ? gate : sum + gate;
                gate += (float)(_gateErrors[position % precision.Chunk % _gateErrors.Length] * precision.Accumulator * (sum - 2));
            }
        }

        return result;
    }

    private float[] Rounded(ReadOnlySpan<float> source)
    {
        float[] result = source.ToArray();
        if (other)
        {
            var random = new SeededRandom((ulong)source.Length);
            foreach (ref float entry in result.AsSpan())
                entry = random.Next(2) == 0 ? MathF.BitIncrement(entry) : MathF.BitDecrement(entry);
        }

        Round(result, precision.Inputs);
        return result;
    }

    // To the nearest number with unit roundoff u, ties to even; exponents keep the range of single precision.
    private static void Round(Span<float> x, double u)
    {
        int dropped = 24 + Math.ILogB(u);
        if (dropped <= 0) return;
        foreach (ref float entry in x)
        {
            uint bits = BitConverter.SingleToUInt32Bits(entry);
            bits += (1u << (dropped - 1)) - 1 + ((bits >> dropped) & 1);
            entry = BitConverter.UInt32BitsToSingle(bits >> dropped << dropped);
        }
    }
}
