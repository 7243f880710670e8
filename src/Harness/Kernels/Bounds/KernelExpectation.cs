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

    /// <summary>Runs the reference.</summary>
    public static KernelExpectation Compute(
        KernelData data, KernelPrecision precision, BoundForm form = BoundForm.Probabilistic)
    {
        KernelShape shape = data.Case.Shape;
        var result = new KernelExpectation(shape);
        double[] q = ToDouble(data.Q), k = ToDouble(data.K), v = ToDouble(data.V), g = ToDouble(data.G);
        double[] beta = ToDouble(data.Beta);
        DeltaRuleShape token = shape.Rule with { Tokens = 1 };
        int heads = token.ValueHeads, keyDim = token.KeyDim, valueDim = token.ValueDim;
        int headState = token.HeadStateLength, gates = token.GateLength / heads;

        for (int n = 0; n < shape.Sequences; n++)
        {
            Span<double> state = result._state.Values.AsSpan(n * token.StateLength, token.StateLength);
            for (int i = 0; i < state.Length; i++) state[i] = data.Pool[data.Rows[n] * token.StateLength + i];
            var bounds = new RunningErrorBound[heads];
            for (int h = 0; h < heads; h++)
                bounds[h] = new RunningErrorBound(
                    keyDim, valueDim, precision, form, state.Slice(h * headState, headState));

            for (int t = 0; t < shape.Rule.Tokens; t++)
            {
                int index = n * shape.Rule.Tokens + t;
                double[] before = state.ToArray();
                Span<double> output = result._output.Values.AsSpan(index * token.ValueLength, token.ValueLength);
                DeltaRule.Run(
                    token, shape.HeadMap,
                    q.AsSpan(index * token.KeyLength, token.KeyLength), k.AsSpan(index * token.KeyLength, token.KeyLength),
                    v.AsSpan(index * token.ValueLength, token.ValueLength),
                    g.AsSpan(index * token.GateLength, token.GateLength), beta.AsSpan(index * heads, heads), state, output);

                for (int h = 0; h < heads; h++)
                {
                    int key = (index * token.KeyHeads + shape.HeadMap.KeyHeadOf(h, token.KeyHeads, heads)) * keyDim;
                    bounds[h].Advance(
                        before.AsSpan(h * headState, headState), q.AsSpan(key, keyDim), k.AsSpan(key, keyDim),
                        v.AsSpan((index * heads + h) * valueDim, valueDim), g.AsSpan((index * heads + h) * gates, gates),
                        beta[index * heads + h], state.Slice(h * headState, headState),
                        output.Slice(h * valueDim, valueDim));
                    result._output.Bounds[index * heads + h] = bounds[h].Output;
                    result._state.Bounds[n * heads + h] = bounds[h].State;
                }

                int plane = shape.Rule.Tokens - 1 - t;
                if (plane >= shape.FilledPlanes) continue;
                state.CopyTo(result._snapshots.Values.AsSpan((plane * shape.Sequences + n) * token.StateLength));
                result._state.Bounds.AsSpan(n * heads, heads)
                    .CopyTo(result._snapshots.Bounds.AsSpan((plane * shape.Sequences + n) * heads));
            }
        }

        return result;
    }

    private static double[] ToDouble(float[] source) => Array.ConvertAll(source, x => (double)x);
}
