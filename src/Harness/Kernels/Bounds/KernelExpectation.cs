using Gdn.Harness.Kernels.Calls;
using Gdn.Harness.Kernels.Cases;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// What a kernel must compute for a case, by the reference in double precision, and how far its rounding may carry
/// it away, per token and head for outputs and per head for states.
/// </summary>
public sealed class KernelExpectation
{
    private readonly Expected _output, _state, _snapshots;

    private KernelExpectation(in KernelShape shape)
    {
        int states = shape.Sequences * shape.Rule.StateLength, heads = shape.Sequences * shape.Rule.ValueHeads;
        _output = new Expected(new double[shape.ValueLength], new double[shape.BetaLength]);
        _state = new Expected(new double[states], new double[heads]);
        _snapshots = new Expected(new double[shape.FilledPlanes * states], new double[shape.FilledPlanes * heads]);
    }

    /// <summary>What a result must be, laid out as <see cref="KernelBuffer"/> says.</summary>
    public Expected this[KernelBuffer buffer] => buffer switch
    {
        KernelBuffer.Output => _output,
        KernelBuffer.State => _state,
        _ => _snapshots,
    };

    /// <summary>Runs the recurrence in double precision, heads side by side.</summary>
    public static KernelExpectation Compute(
        KernelData data, KernelPrecision precision, BoundForm form = BoundForm.Probabilistic)
    {
        var result = new KernelExpectation(data.Case.Shape);
        KernelCall call = data.Call(data.Pool, output: [], snapshots: []);
        (var inputs, var errors) = (new CookedInputs<double>(call), new RawInputErrors(call));
        int[] offsets = data.Case.Shape.Offsets();
        Heads.ForEach(
            data.Case.Shape, (n, h) => result.ComputeHead(data, inputs, errors, offsets[n], n, h, precision, form));
        return result;
    }

    // Head h of sequence n, whose tokens begin at first.
    private void ComputeHead(
        KernelData data, CookedInputs<double> inputs, RawInputErrors errors, int first, int n, int h, KernelPrecision precision,
        BoundForm form)
    {
        (KernelShape shape, DeltaRuleShape rule) = (data.Case.Shape, data.Case.Shape.RuleOf(n));
        (int heads, int keyDim, int valueDim, int headState) = (rule.ValueHeads, rule.KeyDim, rule.ValueDim, rule.HeadStateLength);
        int gates = rule.PerChannelGate ? keyDim : 1, keyHead = shape.HeadMap.KeyHeadOf(h, rule.KeyHeads, heads);
        ReadOnlySpan<float> state = data.Pool.AsSpan(data.Rows[n] * rule.StateLength + h * headState, headState);
        var scan = new HeadScan<double>(keyDim, valueDim);
        scan.Load(state);
        StateQuantizer? quantizer = precision.Quantization is { } quantization ? new(quantization, rule) : null;
        var quantized = new double[quantizer is null ? 0 : headState];
        var bound = new RunningErrorBound(keyDim, valueDim, precision, form, Norm(state), Loss());

        for (int t = 0; t < rule.Tokens; t++)
        {
            int token = first + t, valueHead = token * heads + h, key = (token * rule.KeyHeads + keyHead) * keyDim;
            ReadOnlySpan<double> gate = inputs.G.AsSpan(valueHead * gates, gates);
            InputErrors wrong = errors.At(valueHead, gates);
            scan.Step(
                inputs.Q.AsSpan(key, keyDim), inputs.K.AsSpan(key, keyDim), inputs.V.AsSpan(valueHead * valueDim, valueDim),
                gate, inputs.Beta[valueHead], wrong.Gates);
            bound.Advance(scan.Norms, gate, inputs.Beta[valueHead], Loss(), wrong);
            scan.Output.CopyTo(_output.Values.AsSpan(valueHead * valueDim));
            _output.Bounds[valueHead] = bound.Output;

            int plane = rule.Tokens - 1 - t;
            if (plane < shape.FilledPlanes) Keep(_snapshots, (plane * shape.Sequences + n) * heads + h);
        }

        Keep(_state, n * heads + h);

        void Keep(Expected states, int block)
        {
            scan.Store(states.Values.AsSpan(block * headState, headState));
            states.Bounds[block] = bound.State;
        }

        double Loss()
        {
            if (quantizer is null) return 0;
            scan.Store(quantized);
            return quantizer.Loss(quantized);
        }
    }

    private static double Norm(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float entry in x) sum += (double)entry * entry;
        return Math.Sqrt(sum);
    }
}
