using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Mistakes;

/// <summary>The gated delta rule in double precision, with its parts in any order.</summary>
internal static class MistakenRecurrence
{
    /// <summary>Runs every sequence.</summary>
    public static MistakenResults Run(MistakenInputs inputs, IReadOnlyList<RecurrenceStep> order)
    {
        var results = new MistakenResults(inputs.Shape, inputs.States);
        DeltaRuleShape rule = inputs.Shape.Rule;
        for (int n = 0; n < inputs.Shape.Sequences; n++)
            for (int h = 0; h < rule.ValueHeads; h++) RunHead(inputs, order, n, h, results);
        return results;
    }

    private static void RunHead(MistakenInputs x, IReadOnlyList<RecurrenceStep> order, int n, int h, MistakenResults results)
    {
        DeltaRuleShape rule = x.Shape.Rule;
        int start = n * rule.StateLength + h * rule.HeadStateLength;
        Span<double> state = results.States.AsSpan(start, rule.HeadStateLength);
        int gates = rule.PerChannelGate ? rule.KeyDim : 1, keyHead = x.Map.KeyHeadOf(h, rule.KeyHeads, rule.ValueHeads);
        var delta = new double[rule.ValueDim];
        double scale = 1 / Math.Sqrt(rule.KeyDim), largest = 0;
        for (int t = 0; t < rule.Tokens; t++)
        {
            int token = n * rule.Tokens + t, key = (token * rule.KeyHeads + keyHead) * rule.KeyDim;
            int head = token * rule.ValueHeads + h;
            ReadOnlySpan<double> k = x.K.AsSpan(key, rule.KeyDim), v = x.V.AsSpan(head * rule.ValueDim, rule.ValueDim);
            foreach (RecurrenceStep step in order)
            {
                switch (step)
                {
                    case RecurrenceStep.Decay:
                        Decay(state, x.G.AsSpan(head * gates, gates), rule);
                        break;
                    case RecurrenceStep.Write:
                        Write(state, k, delta);
                        break;
                    case RecurrenceStep.Answer:
                        Span<double> output = results.Output.AsSpan(head * rule.ValueDim, rule.ValueDim);
                        Read(state, x.Q.AsSpan(key, rule.KeyDim), output);
                        foreach (ref double entry in output) entry *= scale;
                        break;
                    default:
                        Read(state, k, delta);
                        Recall(step, v, x.Beta[head], delta);
                        break;
                }
            }

            largest = Math.Max(largest, Norm(state));
            int plane = rule.Tokens - 1 - t;
            if (plane < x.Shape.FilledPlanes) state.CopyTo(results.Snapshots.AsSpan(plane * results.States.Length + start));
        }

        results.LargestStates[n * rule.ValueHeads + h] = largest;
    }

    private static void Decay(Span<double> state, ReadOnlySpan<double> gates, in DeltaRuleShape rule)
    {
        for (int i = 0; i < rule.KeyDim; i++)
        {
            double decay = Math.Exp(gates[gates.Length == 1 ? 0 : i]);
            foreach (ref double entry in state.Slice(i * rule.ValueDim, rule.ValueDim)) entry *= decay;
        }
    }

    // What the state recalls for the key lies in delta.
    private static void Recall(RecurrenceStep step, ReadOnlySpan<double> v, double beta, Span<double> delta)
    {
        for (int j = 0; j < delta.Length; j++)
            delta[j] = step switch
            {
                RecurrenceStep.Recall => beta * (v[j] - delta[j]),
                RecurrenceStep.RecallWithoutBeta => beta * v[j] - delta[j],
                _ => beta * v[j],
            };
    }

    private static void Write(Span<double> state, ReadOnlySpan<double> k, ReadOnlySpan<double> delta)
    {
        for (int i = 0; i < k.Length; i++)
            for (int j = 0; j < delta.Length; j++) state[i * delta.Length + j] += k[i] * delta[j];
    }

    private static void Read(ReadOnlySpan<double> state, ReadOnlySpan<double> x, Span<double> result)
    {
        result.Clear();
        for (int i = 0; i < x.Length; i++)
            for (int j = 0; j < result.Length; j++) result[j] += state[i * result.Length + j] * x[i];
    }

    private static double Norm(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double entry in x) sum += entry * entry;
        return Math.Sqrt(sum);
    }
}
