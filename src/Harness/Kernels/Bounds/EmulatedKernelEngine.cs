using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// An honest kernel of a given precision, emulated: the reference in single precision, with inputs rounded once to
/// their format, the state rounded to its format when that is due, and decays off by what rounding the
/// argument of exp does to them. The errors it makes on a case are those that a correct kernel may make. What is raw in a call
/// is cooked in single precision, and then off by a fifth of what the error bound allows, one way here and the other way in
/// the other kernel: few roundings decide about a gate, a write strength or a norm, and come back with every equal one.
/// </summary>
/// <param name="precision">Formats to compute with, and declared. Arithmetic coarser than F32 is not emulated.</param>
/// <param name="other">Another such kernel: decays err in another pattern, and inputs are changed in their last place, at random,
/// as roundings elsewhere would; quantised states have scales of the other convention.</param>
public sealed class EmulatedKernelEngine(KernelPrecision precision, bool other = false) : IKernelEngine
{
    private const double RawShare = 0.2;
    private readonly double[] _gateErrors = other ? [2.5, -1.25, -1.25] : [1.25, 2.5, -1.25, -2.5];

    /// <inheritdoc/>
    public string Name => "emulated";

    /// <inheritdoc/>
    public KernelPrecision Precision => precision;

    /// <inheritdoc/>
    public KernelForms Forms => (KernelForms)~0;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) => true;

    // Of whatever is raw, in units of u.
    private double RawError => (other ? -RawShare : RawShare) * precision.Accumulator;

    /// <inheritdoc/>
    public unsafe void Run(in KernelCall call)
    {
        KernelShape shape = call.Shape;
        (var cooked, var errors) = (new CookedInputs<float>(call), new RawInputErrors(call));
        if (errors.HasKeys) Scale(cooked, shape.Rule.KeyDim);
        for (int i = 0; i < errors.Betas.Length; i++) cooked.Beta[i] *= (float)(1 + RawError * errors.Betas[i]);
        var inputs = new Inputs(
            Rounded(cooked.Q), Rounded(cooked.K), Rounded(cooked.V), Gates(shape, cooked.G, errors.Gates), cooked.Beta,
            call.Rows.ToArray(), shape.Offsets());
        // Spans cannot go to other threads, pinned memory can.
        fixed (float* pool = call.Pool, output = call.Output, snapshots = call.Snapshots)
        {
            var results = new Results(pool, output, snapshots);
            Heads.ForEach(shape, (n, h) => RunHead(shape, inputs, results, n, h));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private unsafe void RunHead(in KernelShape shape, Inputs inputs, Results results, int n, int h)
    {
        DeltaRuleShape rule = shape.RuleOf(n);
        (int heads, int keyDim, int valueDim, int headState) = (rule.ValueHeads, rule.KeyDim, rule.ValueDim, rule.HeadStateLength);
        int gates = rule.PerChannelGate ? keyDim : 1, keyHead = shape.HeadMap.KeyHeadOf(h, rule.KeyHeads, heads);
        var state = new Span<float>(results.Pool + (nint)inputs.Rows[n] * rule.StateLength + h * headState, headState);
        StateQuantizer? quantizer = precision.Quantization is { } quantization ? new(quantization, rule) : null;
        var quantized = new float[quantizer is null ? 0 : headState];
        var scan = new HeadScan<float>(keyDim, valueDim);
        scan.Load(state);
        RoundState(scan);
        for (int t = 0; t < rule.Tokens; t++)
        {
            int token = inputs.Offsets[n] + t, valueHead = token * heads + h, key = (token * rule.KeyHeads + keyHead) * keyDim;
            scan.Step(
                inputs.Q.AsSpan(key, keyDim), inputs.K.AsSpan(key, keyDim), inputs.V.AsSpan(valueHead * valueDim, valueDim),
                inputs.G.AsSpan(valueHead * gates, gates), inputs.Beta[valueHead]);
            scan.Output.CopyTo(new Span<float>(results.Output + (nint)valueHead * valueDim, valueDim));
            int plane = rule.Tokens - 1 - t;
            if (precision.RoundsAfter(t + 1) || plane == 0) RoundState(scan);
            if (plane < shape.FilledPlanes)
                scan.Store(new Span<float>(
                    results.Snapshots + ((nint)(plane * shape.Sequences + n) * heads + h) * headState, headState));
        }

        scan.Store(state);

        void RoundState(HeadScan<float> rounded)
        {
            if (quantizer is null)
            {
                for (int i = 0; i < keyDim; i++) Round(rounded.Row(i), precision.State);
                return;
            }

            rounded.Store(quantized);
            quantizer.Round(quantized, other);
            rounded.Load(quantized);
        }
    }

    // Kernels compute e^g as a power of two, to an ulp or two, and chunked ones from differences of running sums: a
    // decay is off by about u (|b| + 2), b the sum since the chunk's start. Over a chunk such errors do not add up, and
    // between near tokens they do not cancel; nor do these multiples over a few tokens, at least in one of two kernels. Where
    // decays are multiplied up, they do add up, as token by token.
    private float[] Gates(in KernelShape shape, float[] gates, double[] rawErrors)
    {
        int row = shape.Rule.GateLength / shape.Rule.Tokens, chunk = precision.MultipliesDecays ? 1 : precision.Chunk;
        for (int i = 0; i < row; i++)
        {
            double sum = 0;
            for (int token = 0; token < gates.Length / row; token++)
            {
                int position = shape.PlaceOf(token).Position;
                ref float gate = ref gates[token * row + i];
                sum = position % chunk == 0 ? gate : sum + gate;
                double error = _gateErrors[position % chunk % _gateErrors.Length] * precision.Accumulator * (sum - 2);
                gate += (float)(rawErrors.Length == 0 ? error : error + RawError * rawErrors[token * row + i]);
            }
        }

        return gates;
    }

    private void Scale(CookedInputs<float> inputs, int keyDim)
    {
        float factor = (float)(1 + RawError * RawInputErrors.KeyError(3 * Math.Sqrt(keyDim)));
        foreach (ref float entry in inputs.Q.AsSpan()) entry *= factor;
        foreach (ref float entry in inputs.K.AsSpan()) entry *= factor;
    }

    private float[] Rounded(float[] result)
    {
        if (other)
        {
            var random = new SeededRandom((ulong)result.Length);
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

    private sealed record Inputs(float[] Q, float[] K, float[] V, float[] G, float[] Beta, int[] Rows, int[] Offsets);

    private sealed unsafe class Results(float* pool, float* output, float* snapshots)
    {
        public readonly float* Pool = pool, Output = output, Snapshots = snapshots;
    }
}
