using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Example;

/// <summary>The gated delta rule as a .NET engine: the smallest kernel that passes, and a frame for yours.</summary>
public sealed class ExampleKernel : IKernelEngine
{
    /// <inheritdoc/>
    public string Name => "example";

    /// <inheritdoc/>
    public KernelPrecision Precision => KernelPrecision.AllF32;

    /// <inheritdoc/>
    public bool Supports(in KernelShape shape) => true;

    /// <inheritdoc/>
    public void Run(in KernelCall call)
    {
        DeltaRuleShape rule = call.Shape.Rule;
        int gates = rule.PerChannelGate ? rule.KeyDim : 1, head = rule.KeyDim * rule.ValueDim, state = rule.ValueHeads * head;
        for (int n = 0; n < call.Shape.Sequences; n++)
        {
            Span<float> states = call.Pool.Slice(call.Rows[n] * state, state);
            for (int t = 0; t < rule.Tokens; t++)
            {
                int token = n * rule.Tokens + t;
                for (int h = 0; h < rule.ValueHeads; h++)
                {
                    int value = token * rule.ValueHeads + h;
                    int key = token * rule.KeyHeads + call.Shape.HeadMap.KeyHeadOf(h, rule.KeyHeads, rule.ValueHeads);
                    Step(
                        call.Q.Slice(key * rule.KeyDim, rule.KeyDim), call.K.Slice(key * rule.KeyDim, rule.KeyDim),
                        call.V.Slice(value * rule.ValueDim, rule.ValueDim), call.G.Slice(value * gates, gates),
                        call.Beta[value], states.Slice(h * head, head),
                        call.Output.Slice(value * rule.ValueDim, rule.ValueDim));
                }

                int plane = rule.Tokens - 1 - t;
                if (plane < call.Shape.Planes)
                    states.CopyTo(call.Snapshots.Slice((plane * call.Shape.Sequences + n) * state, state));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // One token and head: S [K, V] is updated, o [V] written. g is one gate, or K of them.
    private static void Step(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> g, float beta, Span<float> s,
        Span<float> o)
    {
        for (int i = 0; i < s.Length; i++) s[i] *= MathF.Exp(g[g.Length > 1 ? i / v.Length : 0]);
        float scale = 1 / MathF.Sqrt(k.Length);
        for (int j = 0; j < v.Length; j++)
        {
            float read = 0, sum = 0;
            for (int i = 0; i < k.Length; i++) read += s[i * v.Length + j] * k[i];
            float delta = beta * (v[j] - read);
            for (int i = 0; i < k.Length; i++)
            {
                s[i * v.Length + j] += k[i] * delta;
                sum += s[i * v.Length + j] * q[i];
            }

            o[j] = scale * sum;
        }
    }
}
