using Gdn.Harness.Engines.Reference;
using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Properties.Harness.Kernels.Checks;

/// <summary>
/// A kernel that cooks raw inputs as naive code does, in single precision, and leaves the rest to the reference. Every step can
/// be replaced by another one, right or wrong.
/// </summary>
internal sealed class RawKernel(string name) : IKernelEngine
{
    public delegate float RowFunction(ReadOnlySpan<float> row);

    private readonly ReferenceKernelEngine _reference = new();

    public string Name { get; } = name;

    public KernelPrecision Precision => KernelPrecision.AllF32;

    public KernelForms Forms => KernelForms.RawGates | KernelForms.RawKeys | KernelForms.Ragged;

    public Func<float, float> Softplus { get; init; } = x => MathF.Log(1 + MathF.Exp(x));

    public Func<float, float> Sigmoid { get; init; } = b => 1 / (1 + MathF.Exp(-b));

    /// <summary>From a, -exp(A_log), dt_bias and the softplus above to g.</summary>
    public Func<float, float, float, Func<float, float>, float> Gate { get; init; } =
        (a, negativeA, bias, softplus) => negativeA * softplus(a + bias);

    public RowFunction InverseNorm { get; init; } = row => 1 / MathF.Max(MathF.Sqrt(SquareOf(row)), 1e-6f);

    /// <summary>Elements that share a norm, of so many per token and of so long a row.</summary>
    public Func<int, int, int> NormLength { get; init; } = (_, keyDim) => keyDim;

    public bool NormalisesQueries { get; init; } = true;

    public static float SquareOf(ReadOnlySpan<float> row)
    {
        float sum = 0;
        foreach (float entry in row) sum += entry * entry;
        return sum;
    }

    public bool Supports(in KernelShape shape) => true;

    public void Run(in KernelCall call)
    {
        (KernelShape shape, DeltaRuleShape rule) = (call.Shape, call.Shape.Rule);
        float[] q = call.Q.ToArray(), k = call.K.ToArray(), g = call.G.ToArray(), beta = call.Beta.ToArray();
        if (shape.RawInputs.HasFlag(KernelForms.RawKeys))
        {
            int length = NormLength(rule.KeyHeads * rule.KeyDim, rule.KeyDim);
            Normalise(k, length);
            if (NormalisesQueries) Normalise(q, length);
        }

        if (shape.RawInputs.HasFlag(KernelForms.RawGates))
        {
            for (int i = 0; i < g.Length; i++)
            {
                int gate = i % call.TimeStepBias.Length, head = gate * call.ALog.Length / call.TimeStepBias.Length;
                g[i] = Gate(g[i], -MathF.Exp(call.ALog[head]), call.TimeStepBias[gate], Softplus);
            }

            for (int i = 0; i < beta.Length; i++) beta[i] = Sigmoid(beta[i]);
        }

        _reference.Run(new KernelCall
        {
            Shape = shape with { RawInputs = KernelForms.None },
            Q = q,
            K = k,
            V = call.V,
            G = g,
            Beta = beta,
            Rows = call.Rows,
            Offsets = call.Offsets,
            Pool = call.Pool,
            Output = call.Output,
            Snapshots = call.Snapshots,
        });
    }

    public void Dispose() => _reference.Dispose();

    private void Normalise(float[] x, int length)
    {
        for (int start = 0; start < x.Length; start += length)
        {
            Span<float> row = x.AsSpan(start, length);
            float scale = InverseNorm(row);
            foreach (ref float entry in row) entry *= scale;
        }
    }
}
